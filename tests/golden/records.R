# Estimates that a user of records asks for, by R survey: Rscript records.R [GSS.csv], in this folder.
# Writes records_R.csv from the synthetic labour surveys here, and gss_R.csv where the General Social Survey is given.
suppressMessages(library(survey))
options(survey.lonely.psu = "fail")
out <- list()

# Rates of the domain by some breakdowns: the whole, each breakdown alone, and both crossed.
keep <- function(case, design, variable, by) {
  formula <- as.formula(paste0("~", variable))
  sets <- c(list(character(0)), as.list(by), if (length(by) > 1) list(by))
  for (set in sets) {
    data <- design$variables
    keys <- if (length(set)) unique(data[set]) else data.frame(row.names = 1)
    for (i in seq_len(max(nrow(keys), 1))) {
      inside <- rep(TRUE, nrow(data))
      for (name in set) inside <- inside & data[[name]] == keys[i, name]
      cell <- subset(design, inside)
      rate <- svymean(formula, cell)
      df <- tryCatch(degf(cell), error = function(e) NA)
      code <- function(k) if (k <= length(by) && by[k] %in% set) as.character(keys[i, by[k]]) else "all"
      out[[length(out) + 1]] <<- data.frame(case, measure = variable, first = code(1), second = code(2),
        value = as.numeric(coef(rate)), variance = as.numeric(vcov(rate)), n = sum(inside & weights(design, "sampling") != 0), df = df)
    }
  }
}
write <- function(file) {
  all <- do.call(rbind, out)
  for (column in c("value", "variance")) all[[column]] <- sprintf("%.17g", all[[column]])
  write.csv(all, file, row.names = FALSE, quote = FALSE)
  out <<- list()
}

labour <- read.csv("labour.csv")
plain <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, nest = TRUE, data = labour)
fpc <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, fpc = ~Nh, nest = TRUE, data = labour)
employed <- function(d, years = 2024) subset(d, employee == 1 & year %in% years)
for (variable in c("union", "covered")) {
  keep("plain", employed(plain), variable, c("region", "sector"))
  keep("fpc", employed(fpc), variable, c("region", "sector"))
}
# Both years as one: the average person of the two.
keep("pooled", employed(plain, 2023:2024), "union", c("region", "sector"))
# No strata and PSUs at all, and PSUs without strata.
keep("weights", employed(svydesign(ids = ~1, weights = ~weight, data = labour)), "union", "region")
keep("clusters", employed(svydesign(ids = ~psu, weights = ~weight, data = labour)), "union", "region")
# A certainty stratum: as many PSUs in the population as in the sample.
certain <- transform(labour, Nh = ifelse(stratum <= 6, ave(psu, stratum, FUN = function(p) length(unique(p))), Nh))
keep("certainty", employed(svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, fpc = ~Nh, nest = TRUE, data = certain)),
     "union", c("region", "sector"))
# Raking of the whole sample to margins that are a tenth above, below and at its own.
sums <- function(variable, by) by * as.numeric(tapply(labour$weight, labour[[variable]], sum)) / sum(by * tapply(labour$weight, labour[[variable]], sum))
people <- 5e6
known <- list(region = round(people * sums("region", c(1.1, 0.9, 1, 1.05)) / 1000) * 1000, sex = c(2.4e6, 2.6e6))
known$region[4] <- people - sum(known$region[1:3])
write.csv(rbind(data.frame(variable = "region", code = 1:4, total = known$region), data.frame(variable = "sex", code = 1:2, total = known$sex)),
          "known_totals.csv", row.names = FALSE, quote = FALSE)
population <- list(~factor(region), ~factor(sex))
totals <- c(`(Intercept)` = people, setNames(known$region[-1], paste0("factor(region)", 2:4)), `factor(sex)2` = known$sex[2])
for (method in c("linear", "raking", "logit")) {
  bounds <- if (method == "logit") c(0.5, 2) else c(-Inf, Inf)
  calibrated <- calibrate(plain, ~factor(region) + factor(sex), totals, calfun = method, bounds = bounds, epsilon = 1e-12, maxit = 200)
  keep(method, employed(calibrated), "union", c("region", "sector"))
}
jkn <- as.svrepdesign(plain, type = "JKn")
keep("jkn", employed(jkn), "union", c("region", "sector"))
keep("jkn_raking", employed(calibrate(jkn, ~factor(region) + factor(sex), totals, calfun = "raking", epsilon = 1e-12, maxit = 200)),
     "union", c("region", "sector"))
crossed <- data.frame(region = rep(1:4, 2), sex = rep(1:2, each = 4))
crossed$Freq <- as.numeric(table(labour$region, labour$sex)) * 2000
write.csv(data.frame(variable = "region:sex", code = paste(crossed$region, crossed$sex, sep = ":"), total = crossed$Freq),
          "known_cells.csv", row.names = FALSE, quote = FALSE)
keep("poststratified", employed(postStratify(plain, ~region + sex, crossed)), "union", c("region", "sector"))

alone <- read.csv("labour_lonely.csv")
for (rule in c("remove", "adjust", "average")) {
  options(survey.lonely.psu = rule)
  keep(paste0("lonely_", rule), employed(svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, nest = TRUE, data = alone)),
       "union", "region")
}
options(survey.lonely.psu = "fail")
write("records_R.csv")

gss <- commandArgs(TRUE)
if (length(gss)) {
  d <- read.csv(gss[1])
  d$member <- as.numeric(d$union %in% c(1, 3))
  asked <- function(design) subset(design, wrkslf %in% 2 & wrkstat %in% 1:3 & !is.na(union))
  options(survey.lonely.psu = "adjust")
  plain <- svydesign(ids = ~vpsu, strata = ~vstrat, weights = ~wtssall, nest = TRUE, data = d)
  keep("gss", asked(plain), "member", "region")
  keep("gss_sector", subset(asked(plain), wrkgovt %in% 1:2), "member", "wrkgovt")
  keep("gss_year", asked(plain), "member", "year")
  raked <- calibrate(plain, ~factor(sex) + factor(race), c(`(Intercept)` = 5000, `factor(sex)2` = 2600, `factor(race)2` = 800,
                     `factor(race)3` = 600), calfun = "raking", epsilon = 1e-12, maxit = 200)
  keep("gss_raked", asked(raked), "member", "region")
  options(survey.lonely.psu = "remove")
  keep("gss_jkn", asked(as.svrepdesign(plain, type = "JKn")), "member", "region")
  write("gss_R.csv")
}
