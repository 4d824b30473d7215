# What scripts of Studio (classic) find in R, and how tables come in and out.

bramka <- new.env()

local({
  strings <- function(path, count) {
    found <- readBin(path, "character", count)
    Encoding(found) <- "UTF-8"
    found
  }

  # Each text begins with a mark; one that is missing has none.
  marked <- function(texts) {
    missing <- is.na(texts)
    ifelse(missing, "", paste0("=", enc2utf8(texts)))
  }

  unmarked <- function(texts) {
    missing <- !nzchar(texts)
    texts <- substring(texts, 2L)
    texts[missing] <- NA_character_
    texts
  }

  read_column <- function(path, kind, rows) {
    switch(kind,
      text = unmarked(strings(path, rows)),
      factor = {
        levels <- strings(paste0(path, ".levels"), file.size(paste0(path, ".levels")))
        codes <- readBin(path, "integer", rows, size = 4L)
        structure(codes, levels = levels, class = "factor")
      },
      integer = readBin(path, "integer", rows, size = 4L),
      logical = as.logical(readBin(path, "integer", rows, size = 4L)),
      time = .POSIXct(readBin(path, "double", rows), tz = "UTC"),
      span = as.difftime(readBin(path, "double", rows), units = "secs"),
      readBin(path, "double", rows)
    )
  }

  read_frame <- function(folder) {
    about <- readLines(file.path(folder, "about"))
    rows <- as.integer(about[1L])
    kinds <- about[-1L]
    columns <- lapply(seq_along(kinds), function(place) {
      read_column(file.path(folder, place), kinds[place], rows)
    })
    names(columns) <- strings(file.path(folder, "names"), length(kinds))
    structure(columns, class = "data.frame", row.names = .set_row_names(rows))
  }

  write_column <- function(column, path, name) {
    if (is.list(column) && !inherits(column, "POSIXlt") || !is.null(dim(column))) {
      stop("Column ", name, " holds no single values: it is a ", class(column)[1L], ".")
    }
    put <- function(kind, cells, ...) {
      writeBin(cells, path, ...)
      kind
    }
    if (is.factor(column)) {
      writeBin(enc2utf8(levels(column)), paste0(path, ".levels"))
      return(put("factor", as.integer(column), size = 4L))
    }
    if (inherits(column, c("POSIXct", "POSIXlt", "Date"))) {
      return(put("time", as.numeric(as.POSIXct(column))))
    }
    if (inherits(column, "difftime")) {
      return(put("span", as.numeric(column, units = "secs")))
    }
    if (is.logical(column)) return(put("logical", as.integer(column), size = 4L))
    if (is.integer(column)) return(put("integer", as.integer(column), size = 4L))
    if (is.numeric(column)) return(put("double", as.numeric(column)))
    put("text", marked(as.character(column)))
  }

  write_frame <- function(frame, folder) {
    dir.create(folder)
    kinds <- vapply(seq_along(frame), function(place) {
      write_column(frame[[place]], file.path(folder, place), names(frame)[place])
    }, "")
    writeBin(enc2utf8(names(frame)), file.path(folder, "names"))
    writeLines(as.character(c(nrow(frame), kinds)), file.path(folder, "about"))
  }

  source_script <- function(path) {
    source(path, local = globalenv(), print.eval = TRUE, encoding = "UTF-8")
  }

  required <- function(name, who) {
    if (!exists(name, globalenv(), inherits = FALSE)) {
      stop("The ", who, " leaves no variable ", name, ".", call. = FALSE)
    }
    get(name, globalenv(), inherits = FALSE)
  }

  require_frame <- function(found, name) {
    if (!is.data.frame(found)) {
      stop(name, " has to be a data.frame; it is a ", class(found)[1L], ".",
           call. = FALSE)
    }
    found
  }

  mapped <- FALSE

  maml.mapInputPort <- function(port) {
    folder <- paste0("Dataset", port)
    if (!dir.exists(folder)) stop("Nothing is connected to ", folder, ".")
    read_frame(folder)
  }

  maml.mapOutputPort <- function(name) {
    frame <- require_frame(get(name, envir = parent.frame()), name)
    unlink("result", recursive = TRUE)
    write_frame(frame, "result")
    mapped <<- TRUE
    invisible(frame)
  }

  # Which column is the label, and which are features; as Create R Model knows them.
  label_name <- character()
  feature_names <- character()

  TrueLabelType <- "True Labels"
  ScoredLabelType <- "Scored Labels"
  RawScoreType <- "Raw Scores"
  CalibratedScoreType <- "Calibrated Scores"
  ScoredProbabilitiesMulticlassColumnTypePattern <- "Scored Probabilities"
  BayesianLinearRegressionScoresFeatureChannel <- "Bayesian Linear Regression Scores"
  BinaryClassificationScoresFeatureChannel <- "Binary Classification Scores"
  MulticlassClassificationScoresFeatureChannel <- "Multiclass Classification Scores"
  OrdinalRegressionScoresFeatureChannel <- "Ordinal Regression Scores"
  RegressionScoresFeatureChannel <- "Regression Scores"

  get.feature.column.names <- function(dataset) {
    intersect(feature_names, names(dataset))
  }

  get.feature.columns <- function(dataset) {
    dataset[, get.feature.column.names(dataset), drop = FALSE]
  }

  get.label.column.names <- function(dataset) intersect(label_name, names(dataset))

  get.label.column.name <- function(dataset, label.type = TrueLabelType) {
    if (identical(label.type, TrueLabelType)) {
      return(get.label.column.names(dataset))
    }
    attr(dataset, "score.columns")[[label.type]]
  }

  get.label.column.types <- function(dataset) {
    c(if (length(get.label.column.names(dataset))) TrueLabelType,
      names(attr(dataset, "score.columns")))
  }

  get.label.column <- function(dataset, label.type = TrueLabelType) {
    name <- get.label.column.name(dataset, label.type)
    if (length(name)) dataset[[name]]
  }

  set.score.column <- function(dataset, score.type, column.name) {
    known <- as.list(attr(dataset, "score.columns"))
    known[[score.type]] <- column.name
    attr(dataset, "score.columns") <- known
    dataset
  }

  set.feature.channel <- function(dataset, channel.name, column.names) {
    known <- as.list(attr(dataset, "feature.channels"))
    known[[channel.name]] <- column.names
    attr(dataset, "feature.channels") <- known
    dataset
  }

  know_columns <- function() {
    roles <- strings("roles", file.size("roles"))
    label_name <<- roles[roles != "" & seq_along(roles) == 1L]
    feature_names <<- roles[-1L]
  }

  run_script <- function() {
    source_script("script.R")
    if (!mapped) stop("The script calls maml.mapOutputPort(\"…\") for no data.frame.",
                      call. = FALSE)
  }

  train_model <- function() {
    know_columns()
    assign("dataset", read_frame("Dataset1"), globalenv())
    source_script("script.R")
    saveRDS(required("model", "trainer script"), "model.rds", version = 2L)
  }

  score_rows <- function() {
    know_columns()
    assign("dataset", read_frame("Dataset1"), globalenv())
    assign("model", readRDS("model.rds"), globalenv())
    source_script("script.R")
    scores <- required("scores", "scorer script")
    write_frame(require_frame(scores, "scores"), "result")
  }
}, bramka)

attach(bramka, name = "bramka", warn.conflicts = FALSE)

local({
  asked <- commandArgs(trailingOnly = TRUE)
  options(device = function(...) {
    png("figure%03d.png", width = 640, height = 480, type = "cairo")
  })

  told_of <- function(error) {
    call <- conditionCall(error)
    told <- if (is.null(call)) "" else deparse(call)[1L]
    ours <- grepl("^(eval|source)\\(", told)
    where <- if (ours || told == "") "" else paste0("In ", told, ": ")
    writeLines(enc2utf8(paste0(where, conditionMessage(error))), "refused.txt",
               useBytes = TRUE)
    1L
  }

  # How a task ended, as a process tells it.
  attempt <- function(task, seed) {
    set.seed(as.integer(seed))
    code <- tryCatch({ get(task, bramka)(); 0L }, error = told_of)
    graphics.off()
    code
  }

  # A call is done by a copy of this process, so it sees nothing of other calls.
  keep <- function() {
    calls <- file("stdin", "r")
    ends <- fifo("keep", "w", blocking = TRUE)
    while (length(line <- readLines(calls, 1L))) {
      words <- strsplit(line, "\t", fixed = TRUE)[[1L]]
      copy <- parallel::mcparallel({
        setwd(words[1L])
        if (file.exists("bundle.zip")) utils::unzip("bundle.zip", exdir = "src")
        attempt(words[2L], words[3L])
      }, mc.set.seed = FALSE)
      code <- suppressWarnings(parallel::mccollect(copy)[[1L]])
      writeLines(if (is.integer(code)) as.character(code) else "70", ends)
      flush(ends)
    }
  }

  if (asked[1L] == "keep") keep() else quit(status = attempt(asked[1L], asked[2L]))
})
