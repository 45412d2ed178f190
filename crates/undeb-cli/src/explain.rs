//! `undeb decompose`, `undeb rank` and `undeb priorities`: working answers, which say that they are not released.

use serde::Serialize;
use undeb::release::effort;
use undeb::release::explaining::{self, Names};
use undeb::release::format::{percent, probability, signed_hundredths, signed_points, workers};
use undeb::{Amount, DecomposeOptions, Error, Estimates, Measure, PublishedTable, RankOptions, Result, SplitForm};

use crate::args_explain::{DecomposeCommand, PrioritiesCommand, RankCommand, Source};
use crate::output::{print, table};

impl Source {
    fn open(&self) -> Result<(Measure, Estimates)> {
        if !(self.level > 0.0 && self.level < 1.0) {
            return Err(
                Error::io(format!("the confidence level {} is not between 0 and 1", self.level)).help("write 0.95 for 95 %")
            );
        }
        let measure: Measure = self.measure.parse()?;
        let opened = PublishedTable::open(&self.source, &crate::data::registry(self.registry.as_deref())?)?;
        Ok((measure, opened.estimate(&[measure], self.design_effect)?))
    }
}

fn names(estimates: &Estimates) -> Names<'_> {
    Names { regions: estimates.regions(), sectors: estimates.sectors() }
}

fn interval(a: &Amount) -> String {
    a.interval.map(|i| format!("{} to {}", signed_hundredths(i.low), signed_hundredths(i.high))).unwrap_or_default()
}

fn answer(sentences: &[String], table: &str, citation: &str) -> Result<u8> {
    print(&format!(
        "{}\n\n{table}Not released: working figures, no quality rule applied. Source: {citation}\n",
        sentences.join("\n")
    ))?;
    Ok(0)
}

fn json(result: &impl Serialize) -> Result<u8> {
    let text = serde_json::to_string(result).map_err(|e| Error::io(format!("the answer cannot be written: {e}")))?;
    print(&format!("{text}\n"))?;
    Ok(0)
}

/// `undeb decompose`.
pub(crate) fn decompose(options: &DecomposeCommand) -> Result<u8> {
    let (measure, estimates) = options.source.open()?;
    let form = match options.form.as_str() {
        "interaction" => SplitForm::Interaction,
        "nested" => SplitForm::Nested,
        _ => SplitForm::TwoFactors,
    };
    let how = DecomposeOptions {
        by: options.by.clone(),
        form,
        region: options.region.clone(),
        sector: options.sector.clone(),
        level: options.source.level,
        correlation: options.correlation,
    };
    let of = estimates.decompose(measure, options.from, options.to, &how)?;
    if options.source.json {
        return json(&of);
    }
    let rows = of.cells.iter().take(options.show).map(|c| {
        vec![
            c.name.clone(),
            format!("{} to {}", percent(c.share[0]), percent(c.share[1])),
            c.rate.map(|r| r.map_or_else(|| "no workers".to_owned(), percent)).join(" to "),
            signed_hundredths(c.rate_effect.value),
            signed_hundredths(c.composition.value),
            c.interaction.map(|i| signed_hundredths(i.value)).unwrap_or_default(),
            signed_hundredths(c.total.value),
            interval(&c.total),
        ]
    });
    let header = ["Cell", "Share", "Rate", "By rate", "By weight", "By both", "Together", "Interval"];
    let mut text = table(&header, &header[1..], rows);
    if of.cells.len() > options.show {
        text.push_str(&format!("{} more cells; --json has all.\n", of.cells.len() - options.show));
    }
    answer(&explaining::moved(&of, names(&estimates)), &text, &estimates.source().citation)
}

/// `undeb rank`.
pub(crate) fn rank(options: &RankCommand) -> Result<u8> {
    let (measure, estimates) = options.source.open()?;
    let how = RankOptions {
        regions: options.region.clone(),
        sectors: options.sector.clone(),
        period: options.period,
        among: options.among,
        level: options.source.level,
    };
    let of = estimates.rank(measure, &how)?;
    if options.source.json {
        return json(&of);
    }
    let rows = of.cells.iter().map(|c| {
        let mut row = vec![c.rank.to_string(), c.name.clone(), percent(c.value)];
        row.push(c.interval.map(|i| format!("{} to {}", percent(i.low), percent(i.high))).unwrap_or_default());
        let sure =
            c.certainty.map(|s| [format!("{} to {}", s.low, s.high), probability(s.among_lowest), probability(s.among_highest)]);
        row.extend(sure.unwrap_or_default());
        row
    });
    let (low, high) = (format!("Among {} lowest", of.among), format!("Among {} highest", of.among));
    let header = ["Rank", "Cell", "Rate", "Interval", "Ranks", &low, &high];
    let text = table(&header, &["Rank", "Rate", "Interval", "Ranks", &low, &high], rows);
    answer(&effort::ranked(&of, names(&estimates), &|_| false), &text, &estimates.source().citation)
}

/// `undeb priorities`.
pub(crate) fn priorities(options: &PrioritiesCommand) -> Result<u8> {
    let plan = crate::plan::open(&options.plan)?;
    let findings = plan.assess(plan.gather()?)?;
    let Some(of) = &findings.explanations().priorities else {
        return Err(Error::io(format!("the plan `{}` has no section [priorities]", plan.id)).help(
            "add one, such as [priorities] with target = \"...\", by = [\"region\"], rate = 0.12; `undeb plan show us-states-2030` has an example",
        ));
    };
    if options.json {
        return json(of);
    }
    let source = plan.priorities_source();
    let Some(estimates) = findings.evidence().get(source) else {
        return Err(Error::io(format!("there are no figures of `{source}`")));
    };
    let rows = of.cells.iter().enumerate().filter(|(i, c)| c.in_set || *i < options.show).map(|(_, c)| {
        vec![
            c.name.clone(),
            if c.in_set { "yes".to_owned() } else { String::new() },
            c.value.map_or_else(|| "no workers".to_owned(), percent),
            c.interval.map(|i| format!("{} to {}", percent(i.low), percent(i.high))).unwrap_or_default(),
            workers(c.uncovered),
            signed_points(c.distance),
            workers(c.gain),
            c.share_of_gap.map(percent).unwrap_or_default(),
        ]
    });
    let header = ["Cell", "In the set", "Rate", "Interval", "Not counted", "Below the whole", "Would gain", "Of the gap"];
    let text = table(&header, &header[2..], rows);
    answer(&effort::priorities(of, names(estimates), None), &text, &estimates.source().citation)
}
