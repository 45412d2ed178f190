//! Series, trends and projections of tables that are not as one would wish, and laws that hold for all of them.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use proptest::prelude::*;
use undeb::{
    Bridge, DetectOptions, Employment, Estimates, Goal, Measure, ProjectionOptions, Series, Treatment, TrendModel, TrendOptions,
};
use undeb_tests::{Entry, Folder};

/// A table of counts with a sample of 1000 a year: `rates` are members among 1000 employees.
fn estimates(rates: &[(&str, u32)], entry: &Entry) -> Estimates {
    let mut table = "period,region,sector,n,employees,members,covered\n".to_owned();
    rates.iter().for_each(|(period, members)| table.push_str(&format!("{period},WLS,all,1000,1000,{members},{members}\n")));
    Folder::new(entry, table.as_bytes()).table().unwrap().estimate(&[Measure::Density], Some(1.0)).unwrap()
}

fn series(rates: &[(&str, u32)]) -> Series {
    estimates(rates, &Entry::default()).track(Measure::Density, "WLS", "all").unwrap()
}

fn years(first: i32, members: &[u32]) -> Series {
    let periods: Vec<String> = (0..members.len()).map(|i| (first + i as i32).to_string()).collect();
    series(&periods.iter().map(String::as_str).zip(members.iter().copied()).collect::<Vec<_>>())
}

fn to(period: &str, goal: Goal) -> ProjectionOptions {
    ProjectionOptions { goal: Some(goal), paths: 500, ..ProjectionOptions::to(period.parse().unwrap()) }
}

#[test]
fn one_or_two_periods_are_no_trend_and_the_message_says_how_many_are() {
    for few in [&[300][..], &[300, 290]] {
        let error = years(2020, few).trend(&TrendOptions::default()).unwrap_err();
        assert!(error.is_data() && error.to_string().contains("3 are needed"), "{error}");
    }
    let three = years(2020, &[300, 290, 280]).trend(&TrendOptions::default()).unwrap();
    assert_eq!(three.model(), TrendModel::LocalLevel);
    assert!(three.reasons()[0].contains("too short"), "{:?}", three.reasons());
}

#[test]
fn figures_that_never_move_have_no_moves_and_still_an_interval() {
    let trend = years(2010, &[250; 10]).trend(&TrendOptions::default()).unwrap();
    assert_eq!((trend.variances().level, trend.variances().slope), (0.0, 0.0));
    assert!(trend.reasons().iter().any(|r| r.contains("no move")), "{:?}", trend.reasons());
    let now = trend.latest();
    assert!((now.value() - 0.25).abs() < 1e-9 && now.interval(0.95).low < 0.25 && now.interval(0.95).high > 0.25);
}

#[test]
fn nobody_and_everybody_have_log_odds_by_half_a_person() {
    let trend = years(2010, &[3, 0, 2, 1, 0, 4, 2, 1]).trend(&TrendOptions::default()).unwrap();
    let zero = trend.at("2011".parse().unwrap()).unwrap();
    assert_eq!(zero.treatment, Some(Treatment::Continuity));
    assert!(zero.value() > 0.0 && trend.reasons().iter().any(|r| r.contains("2011 and 2014") && r.contains("half a person")));
    let all = years(2010, &[1000, 999, 1000, 998, 1000, 1000]).trend(&TrendOptions::default()).unwrap();
    assert!(all.latest().value() < 1.0 && all.latest().value() > 0.99);
}

#[test]
fn without_a_stated_error_a_trend_is_refused_or_says_what_it_assumes() {
    let folder = |table: &str| Folder::new(&Entry { basis: "rate", ..Entry::default() }, table.as_bytes());
    let table =
        "period,region,sector,density,coverage\n2019,WLS,all,30,40\n2020,WLS,all,29,40\n2021,WLS,all,29,40\n2022,WLS,all,28,40\n";
    let series = folder(table)
        .table()
        .unwrap()
        .estimate(&[Measure::Density], None)
        .unwrap()
        .track(Measure::Density, "WLS", "all")
        .unwrap();
    let error = series.trend(&TrendOptions::default()).unwrap_err();
    assert!(error.to_string().contains("no stated sampling error") && error.to_string().contains("assumed_se"), "{error}");
    let assumed = series.trend(&TrendOptions { assumed_se: Some(0.01), ..Default::default() }).unwrap();
    assert!(
        assumed.reasons().iter().any(|r| r.contains("2019, 2020, 2021 and 2022: a standard error of 1.00 points is assumed")),
        "{:?}",
        assumed.reasons()
    );
}

#[test]
fn levels_are_not_joined_across_a_break_unless_a_bridge_is_asked_for() {
    let entry = Entry {
        more: "[[mine.break]]\nat = \"2015\"\nmeasures = [\"density\"]\nforce = \"incomparable\"\nnote = \"asked anew\"\nreference = \"none\"\n"
            .to_owned(),
        ..Entry::default()
    };
    let periods: Vec<String> = (2005..2023).map(|y| y.to_string()).collect();
    let rates: Vec<(&str, u32)> = periods.iter().enumerate().map(|(i, p)| (p.as_str(), if i < 10 { 400 } else { 250 })).collect();
    let series = estimates(&rates, &entry).track(Measure::Density, "WLS", "all").unwrap();
    assert_eq!(series.stretches().len(), 2);
    let cut = series.trend(&TrendOptions::default()).unwrap();
    assert_eq!(cut.points()[0].period.to_string(), "2015");
    assert!(cut.reasons().iter().any(|r| r.contains("2015 is joined")), "{:?}", cut.reasons());
    let bridge = Bridge { at: "2015".parse().unwrap(), sd: None };
    let bridged = series.trend(&TrendOptions { bridges: vec![bridge], ..Default::default() }).unwrap();
    assert_eq!(bridged.points()[0].period.to_string(), "2005");
    let (_, size, se) = bridged.bridged()[0];
    let jump = (0.4f64 / 0.6).ln() - (0.25f64 / 0.75).ln();
    assert!(se > 0.0 && (size - jump).abs() < 3.0 * se, "{size} {se}");
    // The trend is on the later scale throughout.
    assert!((bridged.points()[0].value() - 0.25).abs() < 0.05);
    let twice = series.smallest_change("2020".parse().unwrap(), "2020".parse().unwrap(), &DetectOptions::default()).unwrap_err();
    assert!(twice.to_string().contains("2020 to 2020 is no change; name two periods"), "{twice}");
    let nowhere = TrendOptions { bridges: vec![Bridge { at: "2010".parse().unwrap(), sd: None }], ..Default::default() };
    assert!(series.trend(&nowhere).unwrap_err().to_string().contains("2015"));
    assert!(series.smallest_change("2010".parse().unwrap(), "2020".parse().unwrap(), &DetectOptions::default()).is_err());
}

#[test]
fn gaps_stay_open() {
    let gap = series(&[("2010", 300), ("2011", 310), ("2014", 290), ("2015", 280)]);
    assert_eq!(gap.gaps().len(), 2);
    let trend = gap.trend(&TrendOptions::default()).unwrap();
    assert_eq!(trend.points().len(), 6);
    assert!(trend.points()[2].figure.is_none() && trend.points()[2].log_odds_se > trend.points()[1].log_odds_se);
}

#[test]
fn targets_outside_a_share_are_refused_and_passed_deadlines_answered() {
    let trend = years(2005, &[300, 310, 300, 290, 300, 310, 305, 300, 295, 300]).trend(&TrendOptions::default()).unwrap();
    for wrong in [1.2, -0.1, 30.0] {
        let error = trend.project(&to("2020", Goal::Level(wrong))).unwrap_err();
        assert!(error.is_plan() && error.to_string().contains("0 to 100 %"), "{error}");
    }
    let past = trend.project(&to("2010", Goal::Level(0.25))).unwrap();
    assert!(past.periods().is_empty() && past.met_at().unwrap() > 0.99 && past.met_by().is_none());
    let already = trend.project(&to("2020", Goal::Level(0.2))).unwrap().first_met().unwrap();
    assert!(already.already > 0.99 && already.median.unwrap().to_string() == "2014");
    let far = trend.project(&to("2020", Goal::Level(0.95))).unwrap();
    assert!(far.met_by().unwrap() < 0.01 && far.first_met().unwrap().median.is_none());
    let supplied = ProjectionOptions {
        employment: Employment::Supplied { employees: 2000.0, at: "2020".parse().unwrap() },
        ..to("2020", Goal::Level(0.4))
    };
    assert!((trend.project(&supplied).unwrap().workers_needed().unwrap() - (0.4 * 2000.0 - 300.0)).abs() < 1e-9);
}

#[test]
fn quarters_step_by_quarters_and_slopes_are_a_year() {
    // Synthetic: two points a year, and a survey that left two quarters out.
    let quarters: Vec<(String, u32)> =
        (0..16).filter(|i| ![5, 9].contains(i)).map(|i| (format!("{}-Q{}", 2018 + i / 4, 1 + i % 4), 300 + 5 * i)).collect();
    let rates: Vec<(&str, u32)> = quarters.iter().map(|(p, m)| (p.as_str(), *m)).collect();
    let series =
        estimates(&rates, &Entry { period_type: "quarter", ..Entry::default() }).track(Measure::Density, "WLS", "all").unwrap();
    assert_eq!(series.gaps(), ["2019-Q2".parse().unwrap(), "2020-Q2".parse().unwrap()]);
    let trend = series.trend(&TrendOptions { model: Some(TrendModel::Drift), ..Default::default() }).unwrap();
    assert_eq!(trend.points().len(), 16);
    let pace = trend.latest().pace().unwrap();
    assert!((pace - 0.02).abs() < 0.002, "{pace}");
    let (line, _) = trend.line().unwrap();
    assert!((line.slope - 0.02).abs() < 1e-9, "{}", line.slope);
    let ahead = trend.project(&to("2022-Q4", Goal::Level(0.3))).unwrap();
    assert_eq!(ahead.periods().len(), 4);
    assert!((ahead.periods()[3].median() - 0.395).abs() < 0.01, "{}", ahead.periods()[3].median());
    let refused = trend.project(&to("2024", Goal::Level(0.3))).unwrap_err().to_string();
    assert!(refused.contains("has quarters, and cannot be carried on to 2024; name a quarter, such as 2024-Q4"), "{refused}");
    let yearly = years(2000, &[300, 310, 320, 330, 340, 350]).trend(&TrendOptions::default()).unwrap();
    let refused = yearly.project(&to("2010-Q1", Goal::Level(0.3))).unwrap_err().to_string();
    assert!(refused.contains("has years, and cannot be carried on to 2010-Q1; name a year, such as 2010"), "{refused}");
}

proptest! {
    #![proptest_config(undeb_tests::search(24))]

    #[test]
    fn probabilities_keep_their_order(members in prop::collection::vec(100u32..500, 6..16), share in 0.1f64..0.5) {
        let trend = years(2000, &members).trend(&TrendOptions::default()).unwrap();
        let deadline = trend.latest().period.later(6).to_string();
        let low = trend.project(&to(&deadline, Goal::Level(share))).unwrap();
        let high = trend.project(&to(&deadline, Goal::Level(share + 0.1))).unwrap();
        prop_assert!(high.met_at() <= low.met_at());
        let mut before = 0.0;
        for p in low.periods() {
            prop_assert!(p.met_at <= p.met_by && p.met_by.unwrap() >= before && p.met_by.unwrap() <= 1.0);
            before = p.met_by.unwrap();
            let (inner, outer, figure) = (p.interval(0.5), p.interval(0.9), p.figure_interval(0.9));
            prop_assert!(outer.low <= inner.low && inner.low <= p.median() && p.median() <= inner.high && inner.high <= outer.high);
            prop_assert!(figure.low <= outer.low && outer.high <= figure.high && figure.low >= 0.0 && figure.high <= 1.0);
        }
    }
}
