# Totals, means and raw pay gaps of the synthetic labour survey, with R survey. Writes quantities_R.csv.
suppressMessages(library(survey))
d <- read.csv("labour.csv")
d$one <- 1
d$nonmember <- 1 - d$union
d$uncovered <- 1 - d$covered
out <- NULL
add <- function(quantity, year, region, value, se, df, n)
  out <<- rbind(out, data.frame(quantity, year, region, value = sprintf("%.17g", value), se = sprintf("%.17g", se), df, n))
design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = d, nest = TRUE)
groups <- c(employees = "one", members = "union", nonmembers = "nonmember", covered = "covered", uncovered = "uncovered")
for (when in 2023:2024) for (where in c("all", 1:4)) {
  e <- subset(design, employee == 1 & year == when)
  if (where != "all") e <- subset(e, region == as.integer(where))
  for (g in names(groups)) {
    t <- svytotal(as.formula(paste0("~", groups[[g]])), e)
    add(g, when, where, coef(t), SE(t), degf(e), nrow(e))
    s <- e[e$variables[[groups[[g]]]] == 1, ]
    m <- svymean(~wage, s)
    add(if (g == "employees") "pay" else paste0("pay_", g), when, where, coef(m), SE(m), degf(s), nrow(s))
  }
  for (split in c("union", "covered")) {
    name <- if (split == "union") "membership" else "coverage"
    by <- svyby(~wage, as.formula(paste0("~", split)), e, svymean, covmat = TRUE)
    gap <- svycontrast(by, quote(`1` - `0`))
    ratio <- svycontrast(by, quote(`1` / `0`))
    add(paste0("pay_gap_", name), when, where, coef(gap), SE(gap), degf(e), nrow(e))
    add(paste0("pay_ratio_", name), when, where, coef(ratio), SE(ratio), degf(e), nrow(e))
  }
}
# Changes between the years, with the covariance of shared PSUs.
for (g in names(groups)) {
  e <- subset(design, employee == 1)
  by <- svyby(as.formula(paste0("~", groups[[g]])), ~year, e, svytotal, covmat = TRUE)
  change <- svycontrast(by, quote(`2024` - `2023`))
  add(paste0("change_", g), 2024, "all", coef(change), SE(change), degf(e), nrow(e))
  s <- e[e$variables[[groups[[g]]]] == 1, ]
  by <- svyby(~wage, ~year, s, svymean, covmat = TRUE)
  change <- svycontrast(by, quote(`2024` - `2023`))
  add(paste0("change_pay_", g), 2024, "all", coef(change), SE(change), degf(s), nrow(s))
}
for (split in c("union", "covered")) {
  by <- svyby(~wage, as.formula(paste0("~", split, " + year")), subset(design, employee == 1), svymean, covmat = TRUE)
  change <- svycontrast(by, quote((`1.2024` - `0.2024`) - (`1.2023` - `0.2023`)))
  add(paste0("change_gap_", if (split == "union") "membership" else "coverage"), 2024, "all", coef(change), SE(change), 48, 0)
}
# A sampling fraction at the first stage moves the errors of totals as it does those of rates.
f <- subset(svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, fpc = ~Nh, data = d, nest = TRUE), employee == 1 & year == 2024)
t <- svytotal(~union, f)
add("fpc_members", 2024, "all", coef(t), SE(t), degf(f), nrow(f))
# Public (1) less private (2) employees covered, and their ratio: contrasts between cells.
by <- svyby(~union, ~sector, subset(design, employee == 1 & year == 2024), svymean, covmat = TRUE)
for (contrast in list(list("sector_difference", quote(`1` - `2`)), list("sector_ratio", quote(`1` / `2`)))) {
  c <- svycontrast(by, contrast[[2]])
  add(contrast[[1]], 2024, "all", coef(c), SE(c), 0, 0)
}
write.csv(out, "quantities_R.csv", row.names = FALSE, quote = FALSE)
