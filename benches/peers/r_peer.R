# Runs R survey on one file: one line of JSON, as python_peer.py prints it.
# Rscript r_peer.R FILE.csv JOB RUNS SECONDS. Reading stays outside the clock; the design is made inside it.

suppressPackageStartupMessages(library(survey))

arguments <- commandArgs(trailingOnly = TRUE)
by <- switch(arguments[2], A = ~region + sector, B = ~year + region + sector)
runs <- as.integer(arguments[3])
seconds <- as.numeric(arguments[4])
types <- c("integer", "integer", "integer", "character", "character", "numeric", "integer", "integer", "integer")
records <- read.csv(arguments[1], colClasses = types)
records$employee <- records$employee == 1L

# One call a measure: a joint call would drop the rows where either answer is missing.
job <- function() {
  design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = records)
  list(
    density = svyby(~union, by, subset(design, employee & !is.na(union)), svymean),
    coverage = svyby(~covered, by, subset(design, employee & !is.na(covered)), svymean)
  )
}

memory <- function(line) {
  status <- grep(line, readLines("/proc/self/status"), value = TRUE)
  as.numeric(strsplit(status, "[ \t]+")[[1]][2])
}

clock <- function() {
  taken <- proc.time()
  c(wall = taken[["elapsed"]], cpu = taken[["user.self"]] + taken[["sys.self"]])
}

invisible(gc())
cat("5", file = "/proc/self/clear_refs") # the peak so far does not count
before <- memory("VmRSS")
start <- clock()
result <- job()
first <- clock() - start
peak <- memory("VmHWM")
warm <- matrix(numeric(0), nrow = 2)
# No run begins that would end after the time allowed.
while (ncol(warm) < runs && first[1] + sum(warm[1, ]) + c(first[1], warm[1, ])[ncol(warm) + 1] < seconds) {
  start <- clock()
  job()
  warm <- cbind(warm, clock() - start)
}
if (ncol(warm) == 0) warm <- cbind(first)

cells <- function(measure) {
  table <- result[[measure]]
  year <- if (is.null(table$year)) "null" else table$year
  estimate <- if (measure == "density") table$union else table$covered
  sprintf('["%s",%s,"%s","%s",%.17g,%.17g]', measure, year, table$region, table$sector, estimate, SE(table))
}

cat(sprintf(
  paste0(
    '{"job":"%s","rows":%d,"first":%g,"median":%g,"cpu":%g,"cells":%d,"memory_per_row":%g,"runs":%d,',
    '"version":"R %s survey %s","values":[%s]}\n'
  ),
  arguments[2], nrow(records), first[1], median(warm[1, ]), mean(warm[2, ]), nrow(result$density),
  (peak - before) * 1024 / nrow(records), ncol(warm), getRversion(), packageVersion("survey"),
  paste(c(cells("density"), cells("coverage")), collapse = ",")
))
