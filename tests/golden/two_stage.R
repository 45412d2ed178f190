# A small synthetic sample of two stages, and its linearised variances: Rscript two_stage.R, in this folder.
# Strata 1 to 3 of 8, 6 and 3 PSUs; 3, 2 and 3 are drawn, so stratum 3 is complete. In a PSU of M households m are drawn.
suppressMessages(library(survey))
set.seed(4711)
frame <- data.frame(stratum = c(1, 1, 1, 2, 2, 3, 3, 3), psu = 1:8, N = c(8, 8, 8, 6, 6, 3, 3, 3), n = c(3, 3, 3, 2, 2, 3, 3, 3),
                    M = c(10, 12, 9, 4, 14, 7, 6, 8), m = c(4, 3, 3, 4, 5, 2, 3, 2))
d <- do.call(rbind, lapply(seq_len(nrow(frame)), function(i) with(frame[i, ], do.call(rbind, lapply(seq_len(m), function(j) {
  size <- sample(1:3, 1)
  data.frame(stratum, psu, household = 100 * psu + j, N, M, weight = N / n * M / m, region = sample(1:2, size, TRUE),
             union = rbinom(size, 1, 0.15 + 0.05 * psu), wage = round(exp(rnorm(size, 2.7, 0.3)), 2))
})))))
write.csv(transform(d, weight = sprintf("%.17g", weight)), "two_stage.csv", row.names = FALSE, quote = FALSE)
out <- list()
keep <- function(name, estimate) {
  v <- as.matrix(vcov(estimate))
  n <- nrow(v)
  out[[name]] <<- data.frame(design = name, i = rep(seq_len(n), n), j = rep(seq_len(n), each = n), estimate = rep(unname(coef(estimate)), n),
                             covariance = as.vector(v))
}
both <- svydesign(ids = ~psu + household, strata = ~stratum, fpc = ~N + M, weights = ~weight, data = d)
first <- svydesign(ids = ~psu, strata = ~stratum, fpc = ~N, weights = ~weight, data = d)
none <- svydesign(ids = ~psu + household, strata = ~stratum, weights = ~weight, data = d)
for (name in c("both", "first", "none")) {
  s <- get(name)
  keep(paste0(name, "_total"), svytotal(~union + wage, s))
  keep(paste0(name, "_mean"), svymean(~union + wage, s))
  keep(paste0(name, "_region"), svyby(~union, ~region, s, svymean, covmat = TRUE))
}
calibrated <- postStratify(both, ~region, data.frame(region = 1:2, Freq = c(180, 170)))
keep("calibrated_total", svytotal(~union + wage, calibrated))
keep("calibrated_mean", svymean(~union + wage, calibrated))
out <- do.call(rbind, out)
for (column in c("estimate", "covariance")) out[[column]] <- sprintf("%.17g", out[[column]])
write.csv(out, "two_stage_R.csv", row.names = FALSE, quote = FALSE)
