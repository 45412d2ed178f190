//! Why a share of a whole moved: how much is the rates of its cells, how much their weights.
//!
//! The whole is `D = sum_i f_1i f_2i ... f_Ki` over cells `i`. The last factor is the rate of the cell, the others are a
//! chain of shares: of the first grouping in the whole, of the second within the first, and so on. The effect of a factor is
//! its Shapley value: the change it makes when it moves last, averaged over all orders in which the factors can move.
//! With two factors that is Kitagawa's split, with three or more Das Gupta's. Effects add up to the change.

/// The counted and all workers of a cell in the first and in the second period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Members, or covered.
    pub counted: [f64; 2],
    /// Employees.
    pub all: [f64; 2],
}

/// How the change is split.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// The average over all orders: no effect is left over.
    #[default]
    Averaged,
    /// Each factor moves alone from the first period, and what remains is the interaction. Two factors only.
    FromFirst,
}

/// How a quantity moves with the totals of one cell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Slope {
    /// Derivative by the counted of either period.
    pub counted: [f64; 2],
    /// Derivative by all workers of either period.
    pub all: [f64; 2],
}

/// A value and its derivatives by the totals of every cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// The value, as a fraction.
    pub value: f64,
    /// One slope a cell.
    pub slopes: Vec<Slope>,
}

impl Term {
    fn zero(cells: usize) -> Self {
        Term { value: 0.0, slopes: vec![Slope::default(); cells] }
    }

    /// Adds another term, value and slopes.
    pub fn add(&mut self, other: &Term) {
        self.value += other.value;
        for (a, b) in self.slopes.iter_mut().zip(&other.slopes) {
            for t in 0..2 {
                a.counted[t] += b.counted[t];
                a.all[t] += b.all[t];
            }
        }
    }
}

/// What one cell adds to the change.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
    /// Through its own rate.
    pub rate: Term,
    /// Through its weight: growing adds where its rate lies above the whole's, and takes away where below.
    pub composition: Term,
    /// Through both at once; only with [`Form::FromFirst`].
    pub interaction: Option<Term>,
}

/// A change split by factor and by cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// The whole in either period.
    pub whole: [f64; 2],
    /// Second minus first.
    pub change: Term,
    /// One effect a factor, the rate last; and after it the interaction, where there is one.
    pub effects: Vec<Term>,
    /// One a cell, in the order given.
    pub cells: Vec<Parts>,
    /// Cells that are empty in a period, and which (0 or 1): their rate of the other period stands in.
    pub carried: Vec<(usize, usize)>,
}

/// Splits the change of `sum counted / sum all` between two periods.
///
/// `levels` has for each grouping the group of every cell: with one level, the cells themselves, the factors are
/// composition and rate; with sectors and then cells they are the shares of sectors, of regions within sectors, and rates.
/// Every level must refine the one before it, and the last must tell all cells apart.
///
/// Formula, with `f_ki(t)` factor `k` of cell `i` in period `t`, and `K` factors:
///
/// ```text
/// effect_k = sum_i [f_ki(2) - f_ki(1)] sum_S |S|! (K - |S| - 1)! / K!  prod_{j in S} f_ji(2)  prod_{j not in S, j != k} f_ji(1)
/// ```
///
/// For a cell, the effects of all shares together are its composition, less `(D1 + D2) / 2` times the change of its share
/// (`D1` with [`Form::FromFirst`]): the sum over cells is the same, and a cell that merely grows at the average rate adds
/// nothing. A cell that is empty in one period keeps its rate of the other. Slopes are exact derivatives.
///
/// None where a period has no workers at all, and for [`Form::FromFirst`] with more than one grouping. Source: METHODS M24; Kitagawa (1955), J. Am. Stat. Assoc. 50, 1168-1194;
/// Das Gupta (1993), Standardization and Decomposition of Rates, US Bureau of the Census P23-186.
///
/// ```
/// use undeb::survey::decomposition::{Cell, Form, split};
/// // Illustrative: both rates stand still, and work moves to the better organised cell.
/// let cells = [Cell { counted: [60.0, 120.0], all: [100.0, 200.0] }, Cell { counted: [30.0, 20.0], all: [300.0, 200.0] }];
/// let s = split(&cells, &[vec![0, 1]], Form::Averaged).unwrap();
/// assert!((s.effects[0].value - s.change.value).abs() < 1e-15 && s.effects[1].value.abs() < 1e-15);
/// ```
pub fn split(cells: &[Cell], levels: &[Vec<usize>], form: Form) -> Option<Split> {
    if form == Form::FromFirst && levels.len() != 1 {
        return None;
    }
    let chain = Chain::new(cells, levels)?;
    let n = cells.len();
    let whole = [0, 1].map(|t| cells.iter().map(|c| c.counted[t]).sum::<f64>() / chain.totals[0][0][t]);
    let factors = levels.len() + 1;
    let centre = match form {
        Form::Averaged => [0.5, 0.5],
        Form::FromFirst => [1.0, 0.0],
    };
    let named = factors + usize::from(form == Form::FromFirst);
    let mut effects = vec![Term::zero(n); named];
    let mut parts = Vec::with_capacity(n);
    for i in 0..n {
        let f: Vec<[f64; 2]> = (0..factors).map(|k| chain.factor(i, k)).collect();
        let local = match form {
            Form::Averaged => (0..factors).map(|k| averaged(&f, k)).collect(),
            Form::FromFirst => from_first(&f),
        };
        let terms: Vec<Term> = local.iter().map(|l| chain.pull_back(i, l)).collect();
        for (effect, term) in effects.iter_mut().zip(&terms) {
            effect.add(term);
        }
        let mut composition = chain.centring(i, whole, centre);
        terms[..factors - 1].iter().for_each(|t| composition.add(t));
        let mut terms = terms.into_iter().skip(factors - 1);
        let rate = terms.next()?;
        parts.push(Parts { rate, composition, interaction: terms.next() });
    }
    let mut change = Term::zero(n);
    effects.iter().for_each(|e| change.add(e));
    // The parts sum to this up to rounding; the difference itself carries none of theirs.
    change.value = whole[1] - whole[0];
    Some(Split { whole, change, effects, cells: parts, carried: chain.carried() })
}

/// A term of one cell as a function of its factors: value, and derivatives by factor and period.
struct Local {
    value: f64,
    slopes: Vec<[f64; 2]>,
}

/// The Shapley value of factor `k` in one cell.
fn averaged(f: &[[f64; 2]], k: usize) -> Local {
    let others: Vec<usize> = (0..f.len()).filter(|j| *j != k).collect();
    let moved = f[k][1] - f[k][0];
    let mut slopes = vec![[0.0; 2]; f.len()];
    let mut carrier = 0.0;
    for set in 0..1_usize << others.len() {
        let at = |o: usize| (set >> o) & 1;
        let weight = shapley_weight(set.count_ones() as usize, f.len());
        let product = |skip: usize| -> f64 {
            others.iter().enumerate().filter(|(o, _)| *o != skip).map(|(o, &j)| f[j][at(o)]).product::<f64>() * weight
        };
        carrier += product(usize::MAX);
        for (o, &j) in others.iter().enumerate() {
            slopes[j][at(o)] += moved * product(o);
        }
    }
    slopes[k] = [-carrier, carrier];
    Local { value: moved * carrier, slopes }
}

/// `s! (k - s - 1)! / k!`: how often exactly these `s` of `k` factors have moved before, over all orders.
fn shapley_weight(s: usize, k: usize) -> f64 {
    let factorial = |n: usize| (1..=n).map(|i| i as f64).product::<f64>();
    factorial(s) * factorial(k - s - 1) / factorial(k)
}

/// Share, rate and interaction of one cell, each factor moving alone from the first period.
fn from_first(f: &[[f64; 2]]) -> Vec<Local> {
    let (c, r) = (f[0], f[1]);
    let (dc, dr) = (c[1] - c[0], r[1] - r[0]);
    vec![
        Local { value: r[0] * dc, slopes: vec![[-r[0], r[0]], [dc, 0.0]] },
        Local { value: c[0] * dr, slopes: vec![[dr, 0.0], [-c[0], c[0]]] },
        Local { value: dc * dr, slopes: vec![[-dr, dr], [-dc, dc]] },
    ]
}

/// The chain of groupings over the cells, with the workers in every group.
struct Chain<'a> {
    cells: &'a [Cell],
    levels: &'a [Vec<usize>],
    /// By level (the whole first), group and period.
    totals: Vec<Vec<[f64; 2]>>,
}

impl<'a> Chain<'a> {
    fn new(cells: &'a [Cell], levels: &'a [Vec<usize>]) -> Option<Self> {
        let mut totals = vec![vec![[0.0; 2]]];
        cells.iter().for_each(|c| (0..2).for_each(|t| totals[0][0][t] += c.all[t]));
        for level in levels {
            let mut groups = vec![[0.0; 2]; level.iter().max().map_or(0, |m| m + 1)];
            level.iter().zip(cells).for_each(|(&g, c)| (0..2).for_each(|t| groups[g][t] += c.all[t]));
            totals.push(groups);
        }
        totals[0][0].iter().all(|t| *t > 0.0).then_some(Chain { cells, levels, totals })
    }

    fn group(&self, level: usize, cell: usize) -> usize {
        if level == 0 { 0 } else { self.levels[level - 1][cell] }
    }

    /// What a factor divides: workers of a group by those of the group above it; for the last, counted by all of the cell.
    fn quotient(&self, cell: usize, factor: usize, t: usize) -> (f64, f64) {
        if factor == self.levels.len() {
            (self.cells[cell].counted[t], self.cells[cell].all[t])
        } else {
            (self.totals[factor + 1][self.group(factor + 1, cell)][t], self.totals[factor][self.group(factor, cell)][t])
        }
    }

    /// The period whose figures a factor has in period `t`: the other one, where there is nothing to divide by.
    fn period(&self, cell: usize, factor: usize, t: usize) -> usize {
        if self.quotient(cell, factor, t).1 > 0.0 { t } else { 1 - t }
    }

    fn factor(&self, cell: usize, factor: usize) -> [f64; 2] {
        [0, 1].map(|t| {
            let (above, below) = self.quotient(cell, factor, self.period(cell, factor, t));
            // Empty in both periods: the cell has no weight, and its rate no meaning.
            if below > 0.0 { above / below } else { 0.0 }
        })
    }

    /// Derivatives by the factors of a cell turned into derivatives by the totals of all cells.
    fn pull_back(&self, cell: usize, local: &Local) -> Term {
        let mut by_group: Vec<Vec<[f64; 2]>> = self.totals.iter().map(|l| vec![[0.0; 2]; l.len()]).collect();
        let mut own = Slope::default();
        for (factor, slopes) in local.slopes.iter().enumerate() {
            for (t, slope) in slopes.iter().enumerate() {
                let t = self.period(cell, factor, t);
                let (above, below) = self.quotient(cell, factor, t);
                if below <= 0.0 {
                    continue;
                }
                let (up, down) = (slope / below, -slope * above / (below * below));
                if factor == self.levels.len() {
                    own.counted[t] += up;
                    own.all[t] += down;
                } else {
                    by_group[factor + 1][self.group(factor + 1, cell)][t] += up;
                    by_group[factor][self.group(factor, cell)][t] += down;
                }
            }
        }
        let mut term = Term::zero(self.cells.len());
        term.value = local.value;
        for (i, slope) in term.slopes.iter_mut().enumerate() {
            for (level, groups) in by_group.iter().enumerate() {
                let group = groups[self.group(level, i)];
                (0..2).for_each(|t| slope.all[t] += group[t]);
            }
        }
        for t in 0..2 {
            term.slopes[cell].counted[t] += own.counted[t];
            term.slopes[cell].all[t] += own.all[t];
        }
        term
    }

    /// `-(w1 D1 + w2 D2) (c2 - c1)` for a cell, with `c` its share of the whole.
    fn centring(&self, cell: usize, whole: [f64; 2], weights: [f64; 2]) -> Term {
        let all = self.totals[0][0];
        let share = [0, 1].map(|t| self.cells[cell].all[t] / all[t]);
        let centre = weights[0] * whole[0] + weights[1] * whole[1];
        let moved = share[1] - share[0];
        let mut term = Term::zero(self.cells.len());
        term.value = -centre * moved;
        for t in 0..2 {
            let sign = [-1.0, 1.0][t];
            for slope in &mut term.slopes {
                slope.counted[t] = -moved * weights[t] / all[t];
                slope.all[t] = moved * weights[t] * whole[t] / all[t] + centre * sign * share[t] / all[t];
            }
            term.slopes[cell].all[t] -= centre * sign / all[t];
        }
        term
    }

    fn carried(&self) -> Vec<(usize, usize)> {
        let empty = |c: &Cell, t: usize| c.all[t] <= 0.0 && c.all[1 - t] > 0.0;
        self.cells.iter().enumerate().flat_map(|(i, c)| (0..2).filter(move |&t| empty(c, t)).map(move |t| (i, t))).collect()
    }
}
