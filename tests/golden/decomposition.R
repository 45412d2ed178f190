# The change of the union rate of employees between 2023 and 2024 split into effects, with errors: Rscript decomposition.R,
# in this folder. Totals of every cell and year with their joint covariance, and effects as expressions of them, whose
# derivatives svycontrast takes symbolically.
suppressMessages(library(survey))
labour <- read.csv("labour.csv")
keys <- unique(labour[c("region", "sector")])
keys <- keys[order(keys$region, keys$sector), ]
for (i in seq_len(nrow(keys))) for (t in 1:2) {
  inside <- labour$employee == 1 & labour$region == keys$region[i] & labour$sector == keys$sector[i] & labour$year == 2022 + t
  labour[[paste0("n", i, "_", t)]] <- as.numeric(inside)
  labour[[paste0("m", i, "_", t)]] <- ifelse(inside, labour$union, 0)
}
names <- grep("^[mn][0-9]+_[12]$", colnames(labour), value = TRUE)
design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, nest = TRUE, data = labour)
totals <- svytotal(reformulate(names), design)

sum_of <- function(kind, cells, t) paste0("(", paste0(kind, cells, "_", t, collapse = " + "), ")")
quotient <- function(a, b) paste0("(", a, " / ", b, ")")
out <- list()
write_effects <- function(case, by) {
  outer <- if ("sector" %in% by) keys$sector else keys$region
  groups <- split(seq_len(nrow(keys)), if (length(by) == 2) seq_len(nrow(keys)) else outer)
  all <- seq_len(nrow(keys))
  rate <- lapply(groups, function(g) sapply(1:2, function(t) quotient(sum_of("m", g, t), sum_of("n", g, t))))
  share <- lapply(groups, function(g) sapply(1:2, function(t) quotient(sum_of("n", g, t), sum_of("n", all, t))))
  effects <- list(rate = mapply(function(c, r) paste0("(", c[1], " + ", c[2], ") / 2 * (", r[2], " - ", r[1], ")"), share, rate),
                  composition = mapply(function(c, r) paste0("(", r[1], " + ", r[2], ") / 2 * (", c[2], " - ", c[1], ")"), share, rate))
  if (case == "nested") {
    first <- lapply(groups, function(g) { of <- which(keys$sector == keys$sector[g]); sapply(1:2, function(t) quotient(sum_of("n", of, t), sum_of("n", all, t))) })
    within <- lapply(groups, function(g) { of <- which(keys$sector == keys$sector[g]); sapply(1:2, function(t) quotient(sum_of("n", g, t), sum_of("n", of, t))) })
    third <- function(a, b, d) paste0("((", b[1], "*", d[1], " + ", b[2], "*", d[2], ") / 3 + (", b[1], "*", d[2], " + ", b[2], "*", d[1], ") / 6) * (", a[2], " - ", a[1], ")")
    effects <- list(rate = mapply(third, rate, first, within), sector = mapply(third, first, within, rate),
                    region_in_sector = mapply(third, within, first, rate))
  }
  expressions <- sapply(effects, paste, collapse = " + ")
  expressions["change"] <- paste(quotient(sum_of("m", all, 2), sum_of("n", all, 2)), "-", quotient(sum_of("m", all, 1), sum_of("n", all, 1)))
  for (name in names(expressions)) {
    found <- svycontrast(totals, list(effect = parse(text = expressions[name])[[1]]))
    out[[length(out) + 1]] <<- data.frame(case, effect = name, value = sprintf("%.17g", coef(found)), se = sprintf("%.17g", SE(found)))
  }
}
write_effects("sector", "sector")
write_effects("region", "region")
write_effects("both", c("region", "sector"))
write_effects("nested", c("sector", "region"))
write.csv(do.call(rbind, out), "decomposition_R.csv", row.names = FALSE, quote = FALSE)
