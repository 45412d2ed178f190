//! `undeb estimates` and `undeb estimate`: rates as a table or a file. Working figures: they say that they are not released.

use undeb::release::format::{percent, signed_points};
use undeb::{Error, Estimate, Estimates, Meaning, Measure, Method, Period, PublishedTable, RecordOptions, Records, Result};
use undeb_chart::{ChartOptions, Kind, chart};

use crate::args::{EstimateOptions, Format, Output, PublishedCells, RecordCommand};
use crate::args_chart::EstimateCommand;
use crate::chart::File;
use crate::output::{print_bytes, table, write_file};
use crate::progress::Progress;

/// `undeb estimates`: a published table.
pub(crate) fn run(options: &EstimateOptions) -> Result<u8> {
    options.output.check()?;
    options.output.write(&options.cells.estimates(&options.period)?)
}

impl PublishedCells {
    /// The estimates of these cells in some periods, or in all where none is named.
    pub(crate) fn estimates(&self, periods: &[Period]) -> Result<Estimates> {
        let registry = crate::data::registry(self.registry.as_deref())?;
        let opened = PublishedTable::open(&self.source, &registry)?;
        let measures = measures(&self.measure, opened.source().measures.iter().map(|m| m.id))?;
        let regions = codes(&self.region, opened.regions())?;
        let sectors = codes(&self.sector, opened.sectors())?;
        let listed = |list: &[String], code: &str| list.is_empty() || list.iter().any(|c| c == code);
        let estimates = opened.estimate(&measures, self.design_effect)?.filter(|e| {
            listed(&regions, &e.region) && listed(&sectors, &e.sector) && (periods.is_empty() || periods.contains(&e.period))
        });
        if estimates.cells().is_empty() {
            return Err(Error::io("no figure fits what was asked for".to_owned())
                .help(format!("see `undeb data show {}` for its periods, regions and sectors", self.source)));
        }
        Ok(estimates)
    }
}

/// `undeb estimate`: survey records, through a codebook or by the columns that are named.
pub(crate) fn records(command: &EstimateCommand) -> Result<u8> {
    let options = &command.figures;
    options.output.check()?;
    let picture = command.chart.zip(options.output.out.as_deref());
    let picture = picture.map(|(kind, out)| File::new(out, options.output.force).map(|file| (kind, file))).transpose()?;
    let progress = Progress::start("Reading the records");
    if !options.quantity.is_empty() {
        let records = read(options, &options.by)?;
        progress.now("Estimating");
        let by: Vec<&str> = options.by.iter().map(|b| options.roles.part(b)).collect();
        let margins = RecordOptions { margins: options.margins, pool: options.pool };
        let quantities = records.quantities(&options.quantities()?, &by, &margins)?;
        drop(progress);
        return crate::quantities::write(&options.output, &quantities);
    }
    let design = options.errors.options()?;
    let (book, roles);
    let meaning = match (&options.codebook, options.roles.any()) {
        (Some(codebook), None) => {
            book = crate::codebooks::open(codebook)?;
            Meaning::Codebook(&book, &design)
        }
        (None, Some(_)) => {
            let survey = options.file.file_stem().unwrap_or_default().to_string_lossy();
            roles = options.roles.roles(&options.by, &survey, design.clone());
            Meaning::Roles(&roles)
        }
        (Some(codebook), Some(flag)) => {
            return Err(Error::io(format!("both the codebook {codebook} and {flag} say what the columns are"))
                .help("the codebook names all columns: leave out the one or the other"));
        }
        (None, None) => {
            return Err(Error::io("nothing says what the columns are").help(
                "give --codebook (see `undeb codebooks`), or name columns: --member, --weight, --strata, --psu and others",
            ));
        }
    };
    let measures = measures(&options.measure, meaning.measures())?;
    let by: Vec<&str> = options.by.iter().map(|b| options.roles.part(b)).collect();
    let margins = RecordOptions { margins: options.margins, pool: options.pool };
    let estimates = Estimates::of_file(&options.file, &meaning, &measures, &by, &margins, |done, all| {
        progress.now(format!("{:.0} of {:.0} million records", done as f64 / 1e6, all as f64 / 1e6));
    })?;
    drop(progress);
    let Some((kind, file)) = picture else { return options.output.write(&estimates) };
    // A chart shows one measure, and its title says which; a scatter holds two against each other.
    let measure = measures.first().copied().filter(|_| kind != Kind::Scatter);
    let asked =
        ChartOptions { measure, level: Some(options.output.level), method: options.output.interval, ..command.look.options()? };
    file.write(&chart(kind, (&estimates).into(), &asked)?, &command.look, None)?;
    Ok(0)
}

/// Records, through a codebook or by the columns that are named.
pub(crate) fn read(options: &RecordCommand, by: &[String]) -> Result<Records> {
    let design = options.errors.options()?;
    match (&options.codebook, options.roles.any()) {
        (Some(codebook), None) => Records::read(&options.file, &crate::codebooks::open(codebook)?, design),
        (None, Some(_)) => {
            let survey = options.file.file_stem().unwrap_or_default().to_string_lossy();
            Records::open(&options.file, &options.roles.roles(by, &survey, design))
        }
        (Some(codebook), Some(flag)) => {
            Err(Error::io(format!("both the codebook {codebook} and {flag} say what the columns are"))
                .help("the codebook names all columns: leave out the one or the other"))
        }
        (None, None) => Err(Error::io("nothing says what the columns are")
            .help("give --codebook (see `undeb codebooks`), or name columns: --member, --weight, --strata, --psu and others")),
    }
}

pub(crate) fn measures(given: &[String], all: impl IntoIterator<Item = Measure>) -> Result<Vec<Measure>> {
    if given.is_empty() { Ok(all.into_iter().collect()) } else { given.iter().map(|m| m.parse()).collect() }
}

impl Output {
    pub(crate) fn check(&self) -> Result<()> {
        if !(self.level > 0.0 && self.level < 1.0) {
            return Err(
                Error::io(format!("the confidence level {} is not between 0 and 1", self.level)).help("write 0.95 for 95 %")
            );
        }
        if self.format == Format::Parquet && self.out.is_none() {
            return Err(Error::io("Parquet cannot be printed").help("give a file with --out"));
        }
        Ok(())
    }

    /// Remarks on a table as a whole, where the table itself has no place for them.
    pub(crate) fn remark(&self, remarks: &[String]) {
        if self.format != Format::Table {
            remarks.iter().for_each(|remark| eprintln!("Remark: {remark}."));
        }
    }

    fn write(&self, estimates: &Estimates) -> Result<u8> {
        let mut bytes = Vec::new();
        self.remark(estimates.remarks());
        match self.format {
            Format::Table => bytes = readable(estimates, self.level, self.interval).into_bytes(),
            Format::Csv => estimates.write_csv(&mut bytes, self.level, self.interval)?,
            Format::Json => bytes = json(estimates, self.level, self.interval)?.into_bytes(),
            Format::Parquet => estimates.write_parquet(&mut bytes, self.level, self.interval)?,
        }
        match &self.out {
            Some(path) => write_file(path, &bytes, self.force)?,
            None => print_bytes(&bytes)?,
        }
        Ok(0)
    }
}

fn codes(given: &[String], tree: &undeb::Classification) -> Result<Vec<String>> {
    given.iter().map(|code| tree.find(code).map(|c| c.id.clone())).collect()
}

fn readable(estimates: &Estimates, level: f64, method: Method) -> String {
    let cells = estimates.cells();
    let interval = format!("{} interval", percent(level).replace(".0%", "%"));
    let mut header = vec!["Measure", "Period", "Region", "Sector"];
    header.extend(cells.first().into_iter().flat_map(|e| e.breakdown.iter().map(|(d, _)| &**d)));
    let has_missing = cells.iter().any(|e| e.missing.is_some());
    let figures =
        [&["Rate", &interval, "Sample"][..], if has_missing { &["Missing", "If all no to all yes"] } else { &[] }].concat();
    header.extend(&figures);
    let rows = cells.iter().map(|e| {
        let mut row = vec![
            e.measure.to_string(),
            e.periods(),
            estimates.regions().name(&e.region).to_owned(),
            estimates.sectors().name(&e.sector).to_owned(),
        ];
        row.extend(e.breakdown.iter().map(|(_, code)| code.to_string()));
        // A signed difference is in points, a share in per cent.
        let shown = |v: f64| if e.measure.is_share() { percent(v) } else { format!("{} points", signed_points(v)) };
        row.push(e.value.map_or("[x]".to_owned(), shown));
        row.push(e.interval_by(level, method).map(|i| format!("{} to {}", shown(i.low), shown(i.high))).unwrap_or_default());
        row.push(e.n.map(|n| n.to_string()).unwrap_or_default());
        if has_missing {
            row.push(e.missing.map(|m| percent(m.share)).unwrap_or_default());
            row.push(e.missing.map(|m| format!("{} to {}", percent(m.low), percent(m.high))).unwrap_or_default());
        }
        row
    });
    let mut text = table(&header, &figures, rows);
    let errors: std::collections::BTreeSet<String> = cells.iter().filter_map(Estimate::error_source).collect();
    if !errors.is_empty() {
        text.push_str(&format!("Sampling errors: {}.\n", errors.into_iter().collect::<Vec<_>>().join("; ")));
    }
    if let Some(caution) = cells.iter().find_map(|e| e.tier()?.caution()) {
        text.push_str(&format!("Caution: {caution}.\n"));
    }
    let notes: std::collections::BTreeSet<&str> = cells.iter().filter_map(|e| e.note.as_deref()).collect();
    let notes: Vec<&str> = notes.into_iter().chain(estimates.remarks().iter().map(String::as_str)).collect();
    if !notes.is_empty() {
        text.push_str(&format!("Remarks: {}.\n", notes.join("; ")));
    }
    text.push_str(&format!("Not released: working figures, no quality rule applied. Source: {}\n", estimates.source().citation));
    text
}

fn json(estimates: &Estimates, level: f64, method: Method) -> Result<String> {
    let records: Vec<serde_json::Value> = estimates
        .cells()
        .iter()
        .map(|e| {
            let outcome = e.outcome(level, method);
            let (interval, flags) = (outcome.interval, outcome.flags.iter().map(|f| f.id()).collect::<Vec<_>>());
            let mut record = serde_json::json!({
                "measure": e.measure, "period": e.period, "region": &*e.region, "sector": &*e.sector,
                "value": e.value, "se": e.se(), "low": interval.map(|i| i.low), "high": interval.map(|i| i.high),
                "df": e.df(), "flags": flags, "n": e.n, "psus": e.psus, "numerator": e.numerator, "denominator": e.denominator, "missing": e.missing,
                "error_source": e.error_source(), "tier": e.tier(), "released": false,
            });
            for (dimension, code) in &e.breakdown {
                record[&**dimension] = serde_json::json!(&**code);
            }
            record
        })
        .collect();
    serde_json::to_string(&records).map(|t| t + "\n").map_err(|e| Error::io(format!("the estimates cannot be written: {e}")))
}
