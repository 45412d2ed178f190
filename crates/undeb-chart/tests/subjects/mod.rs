//! What the tests draw: bundled figures, and answers on them.

use undeb::{Estimates, Findings, Measure, Plan, PublishedTable, Registry};

/// Density and coverage of the states, with an assumed design effect.
pub(crate) fn states() -> Estimates {
    let table = PublishedTable::open("us-states", &Registry::bundled().unwrap()).unwrap();
    table.estimate(&[Measure::Density, Measure::Coverage], Some(1.5)).unwrap()
}

/// The member states of the European Union against their line.
pub(crate) fn union() -> Findings {
    let plan = Plan::builtin("eu-80").unwrap();
    plan.assess(plan.gather().unwrap()).unwrap()
}
