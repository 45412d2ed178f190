//! `undeb chart`: one chart of a plan or of a source.

use std::path::Path;

use undeb::{
    Day, Error, Estimates, Findings, Period, Plan, Projection, ProjectionOptions, PublishedTable, Report, Result, TrendOptions,
};
use undeb_chart::{Chart, ChartOptions, Locale, Subject, Width, chart};

use crate::args_chart::{ChartCommand, Look};
use crate::output::{print, write_file};

/// The form of a picture file, by the ending of its name.
#[derive(Clone, Copy)]
enum Form {
    Svg,
    Png,
}

/// Draws the chart, and writes or prints what was asked for.
pub(crate) fn run(options: &ChartCommand) -> Result<u8> {
    if options.out.is_none() && !options.describe && !options.numbers {
        return Err(Error::io("nothing was asked of the chart").help("give a file with --out, or --describe, or --numbers"));
    }
    let file = options.out.as_deref().map(|out| File::new(out, options.force)).transpose()?;
    let evidence = Evidence::open(options)?;
    let mut asked = asked(options)?;
    if let Some(to) = options.project {
        asked.projection = Some(projection(&evidence, &asked, to)?);
    }
    let made = chart(options.kind, evidence.subject(), &asked)?;
    if let Some(file) = file {
        file.write(&made, &options.look, options.scale)?;
    }
    if options.describe {
        print(&format!("{}\n", made.describe()))?;
    }
    if options.numbers {
        let mut bytes = Vec::new();
        made.write_csv(&mut bytes)?;
        crate::output::print_bytes(&bytes)?;
    }
    Ok(0)
}

/// A picture file that may be written.
pub(crate) struct File<'a> {
    out: &'a Path,
    form: Form,
    force: bool,
}

impl<'a> File<'a> {
    /// What would be refused at the end is refused before the work.
    pub(crate) fn new(out: &'a Path, force: bool) -> Result<Self> {
        let form = form(out)?;
        if out.exists() && !force {
            return Err(Error::io(format!("{} is there already", out.display())).help("use --force to replace it"));
        }
        Ok(File { out, form, force })
    }

    pub(crate) fn write(&self, made: &Chart, look: &Look, scale: Option<f32>) -> Result<()> {
        let bytes = match self.form {
            Form::Svg => made.svg().into_bytes(),
            Form::Png => made.png(scale.unwrap_or(if look.mm.is_some() { Chart::PRINT } else { 2.0 }))?,
        };
        write_file(self.out, &bytes, self.force)
    }
}

fn form(out: &Path) -> Result<Form> {
    match out.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("svg") => Ok(Form::Svg),
        Some("png") => Ok(Form::Png),
        _ => Err(Error::io(format!("the form of {} is not known", out.display())).help("let the name end in .svg or .png")),
    }
}

fn asked(options: &ChartCommand) -> Result<ChartOptions> {
    Ok(ChartOptions {
        target: options.target.clone(),
        measure: options.measure.as_deref().map(str::parse).transpose()?,
        regions: options.region.clone(),
        sectors: options.sector.clone(),
        periods: options.period.clone(),
        level: options.level,
        method: options.interval,
        quality: Some(options.quality.clone()),
        ..options.look.options()?
    })
}

impl Look {
    pub(crate) fn options(&self) -> Result<ChartOptions> {
        Ok(ChartOptions {
            highlight: self.highlight.clone(),
            title: self.title.clone(),
            titles: self.titles,
            theme: self.theme,
            locale: Locale::named(&self.locale)?,
            width: self.mm.map_or(Width::Pixels(self.width), Width::Millimetres),
            ..ChartOptions::default()
        })
    }
}

/// Where the series of the chart leads.
fn projection(evidence: &Evidence, asked: &ChartOptions, to: Period) -> Result<Projection> {
    let named = |what: &str| Error::io(format!("a projection is of one {what}")).help(format!("name it with --{what}"));
    let estimates = match evidence {
        Evidence::Estimates(estimates) => estimates,
        Evidence::Findings(findings) => match findings.evidence().values().next() {
            Some(only) if findings.evidence().len() == 1 => only,
            _ => return Err(Error::io("the plan has several sources").help("chart the source of the series")),
        },
        Evidence::Report(_) => return Err(Error::io("a report is not projected here").help("leave out --release")),
    };
    let of_target = match (evidence, &asked.target) {
        (Evidence::Findings(findings), Some(id)) => findings.plan().targets.iter().find(|t| t.id == *id).map(|t| t.measure),
        _ => None,
    };
    let measure = match (asked.measure.or(of_target), estimates.definitions()) {
        (Some(measure), _) => measure,
        (None, [only]) => only.measure,
        _ => return Err(named("measure")),
    };
    let one = |codes: &[String], whole: &str, what: &str| match codes {
        [] => Ok(whole.to_owned()),
        [one] => Ok(one.clone()),
        _ => Err(named(what)),
    };
    let region = one(&asked.regions, estimates.regions().whole(), "region")?;
    let sector = one(&asked.sectors, estimates.sectors().whole(), "sector")?;
    let series = estimates.track(measure, &region, &sector)?;
    series.trend(&TrendOptions::default())?.project(&ProjectionOptions::to(to))
}

/// What the chart is made of.
enum Evidence {
    Estimates(Box<Estimates>),
    Findings(Box<Findings>),
    Report(Box<Report>),
}

impl Evidence {
    fn open(options: &ChartCommand) -> Result<Self> {
        let given = options.subject.as_str();
        let is_plan = Path::new(given).is_file() || given.ends_with(".toml") || Plan::builtin_names().any(|name| name == given);
        if !is_plan {
            return Self::source(options, given);
        }
        if options.design_effect.is_some() || options.registry.is_some() {
            return Err(Error::io("a plan names its own registry and design effect").help("write them into the plan"));
        }
        let plan = crate::plan::open(given)?;
        let findings = plan.assess(plan.gather()?)?;
        Ok(match options.release {
            true => Self::Report(Box::new(findings.release(plan.as_of.unwrap_or_else(Day::today))?)),
            false => Self::Findings(Box::new(findings)),
        })
    }

    fn source(options: &ChartCommand, given: &str) -> Result<Self> {
        if options.release {
            return Err(Error::io("a source has no release rules").help("chart a plan that names the source"));
        }
        let registry = crate::data::registry(options.registry.as_deref())?;
        let table = PublishedTable::open(given, &registry).map_err(|e| match registry.get(given) {
            Ok(_) => e,
            Err(_) => Error::io(format!("`{given}` is neither a plan nor a source")).help(format!(
                "the plans are {}; the sources are {}",
                Plan::builtin_names().collect::<Vec<_>>().join(", "),
                registry.sources().map(|s| s.id.as_str()).collect::<Vec<_>>().join(", ")
            )),
        })?;
        // A difference of two measures is worked out where it is asked for.
        let listed = table.source().measures.iter().map(|m| m.id);
        let asked: Option<undeb::Measure> = options.measure.as_deref().map(str::parse).transpose()?;
        let derived = asked.filter(|m| !table.source().measures.iter().any(|l| l.id == *m));
        let measures: Vec<_> = listed.chain(derived).collect();
        Ok(Self::Estimates(Box::new(table.estimate(&measures, options.design_effect)?)))
    }

    fn subject(&self) -> Subject<'_> {
        match self {
            Self::Estimates(estimates) => (&**estimates).into(),
            Self::Findings(findings) => (&**findings).into(),
            Self::Report(report) => (&**report).into(),
        }
    }
}
