# R's own data sets, and what R computes of them, for r-data.sh.
#
#	Rscript r-data.R names                        the sets
#	Rscript r-data.R write SET                    data.csv, as write.csv makes it, and how to share and to learn it, in the
#	                                              directory at hand
#	Rscript r-data.R compare SET                  what the parties revealed there against R: a line for each kind of figure
#
# A line says of the set, the kind, and of its figures the one that is nearest to its bound: how far off it is, and how far it
# may be.  Status 1 if one is beyond.

suppressPackageStartupMessages({ library(MASS); library(survival) })

# A table, its label, and what it is for; of a label that is no number, its classes in their order.
set <- function(data, label, kind, classes = NULL, epochs = 400) {
	data <- data[c(setdiff(names(data), label), label)]
	list(data = data, label = label, kind = kind, classes = classes, epochs = epochs)
}

sets <- list(
	iris = set(iris, "Species", "softmax", levels(iris$Species)),
	mtcars = set(mtcars[c("wt", "qsec", "am", "mpg")], "mpg", "linear"),
	airquality = set(airquality[c("Ozone", "Solar.R", "Wind", "Temp")], "Ozone", "linear"),
	infert = set(infert[c("education", "age", "parity", "induced", "spontaneous", "case")], "case", "logistic", c("0", "1")),
	quakes = set(quakes, "mag", "linear"),
	states = set(as.data.frame(state.x77)[c("Population", "Income", "Murder", "Frost", "Area", "Life Exp")], "Life Exp", "linear"),
	Boston = set(Boston, "medv", "linear", epochs = 1000),
	Pima = set(rbind(Pima.tr, Pima.te), "type", "logistic", c("No", "Yes")),
	birthwt = set(birthwt[c("age", "lwt", "smoke", "ht", "bwt", "low")], "bwt", "linear", epochs = 600),
	lung = set(survival::lung[c("time", "age", "sex", "ph.karno", "meal.cal", "status")], "status", "logistic", c("1", "2"))
)

# ---- what an owner declares

# The next of 1, 2 or 5 times a power of ten.
outward <- function(x) {
	if (x == 0)
		return(0)
	steps <- as.vector(outer(c(1, 2, 5), 10^(floor(log10(x)) + 0:1)))
	min(steps[steps >= x * (1 - 1e-12)])
}

reach <- function(x) {
	x <- x[!is.na(x)]
	c(if (min(x) < 0) -outward(-min(x)) else 0, if (max(x) > 0) outward(max(x)) else 0)
}

is_class <- function(s, name) name == s$label && !is.null(s$classes)

is_renumbered <- function(s, name) is_class(s, name) && all(grepl("^[0-9]+$", s$classes)) && !identical(s$classes, as.character(seq_along(s$classes) - 1))

decimal <- function(x) format(x, digits = 15, scientific = FALSE, trim = TRUE)

column_options <- function(s, name) {
	x <- s$data[[name]]
	if (is_class(s, name))
		return(c("--codes", paste0(name, "=", paste(s$classes, collapse = ","))))
	if (is.factor(x))
		return(c("--one-hot", paste0(name, "=", paste(levels(x), collapse = ","))))
	r <- reach(x)
	c("--range", paste0(name, "=", decimal(r[1]), "..", decimal(r[2])))
}

# Full batches, so that what is learnt is what R finds.
training <- function(s) {
	c("-l", s$label, "-m", s$kind, "--standardize", "--optimizer", "momentum", "-e", s$epochs, "-b",
		sum(complete.cases(s$data)), if (s$kind == "softmax") c("--classes", length(s$classes)))
}

figures <- list(linear = "mse,r2", logistic = "accuracy,log-loss,mse,r2", softmax = "accuracy,log-loss")

write_set <- function(s) {
	write.csv(s$data, "data.csv")
	writeLines(c("-x", "1", if (anyNA(s$data)) c("--na", "drop"), unlist(lapply(names(s$data), function(n) column_options(s, n)))), "share")
	writeLines(as.character(training(s)), "train")
	writeLines(s$label, "label")
	writeLines(if (is_renumbered(s, s$label)) s$label else character(), "no-numbers")
	writeLines(figures[[s$kind]], "figures")
}

# ---- what R says

# The columns that the parties have: factors as an indicator for each level, classes from 0.
numbers <- function(s) {
	data <- s$data[complete.cases(s$data), ]
	columns <- list()
	for (n in names(data)) {
		x <- data[[n]]
		if (is_class(s, n))
			columns[[n]] <- match(as.character(x), s$classes) - 1
		else if (is.factor(x))
			for (l in levels(x))
				columns[[paste0(n, "=", l)]] <- as.numeric(x == l)
		else
			columns[[n]] <- x
	}
	as.data.frame(columns, optional = TRUE)
}

# Of each column the size of its range, that of a unit, and the deviation above which bounds are relative.  What is 0 or 1, or
# a class, has 16 fraction bits.
scales <- function(s, x) {
	size <- sapply(names(x), function(n) if (n %in% names(s$data) && !is_class(s, n)) max(abs(reach(s$data[[n]]))) else NA)
	width <- sapply(names(x), function(n) if (is.na(size[n])) NA else diff(reach(s$data[[n]])))
	list(mean = ifelse(is.na(size), 2 * 2^-16, size * 2^-28),
		unit = ifelse(is.na(size), 2^-16, size * 2^-29),
		floor = ifelse(is.na(size), 0.75, width / 1000))
}

relative <- 1e-4

covariance_bound <- function(scale, want) {
	deviation <- sqrt(diag(want))
	pmax(relative * abs(want), relative * outer(scale$floor, scale$floor)) +
		outer(scale$unit, deviation) + outer(deviation, scale$unit)
}

# ---- what was revealed

table_of <- function(name) as.matrix(read.csv(paste0(name, ".csv"), check.names = FALSE, encoding = "UTF-8"))

score_of <- function() {
	lines <- strsplit(readLines("score.1"), "\t")
	found <- as.numeric(sapply(lines, `[`, 2))
	setNames(found, sapply(lines, `[`, 1))
}

failed <- FALSE

# say(set, kind, got, want, bound): of equally many figures.
say <- function(set, kind, got, want, bound) {
	off <- abs(as.vector(got) - as.vector(want))
	bound <- rep_len(as.vector(bound), length(off))
	wrong <- length(got) != length(want) || anyNA(off) || any(off > bound)
	worst <- if (length(off) == 0 || anyNA(off)) NA else which.max(off / bound)
	cat(sprintf("%-10s  %-24s  %9.3g  of %9.3g%s\n", set, kind, off[worst], bound[worst], if (wrong) "  WRONG" else ""))
	failed <<- failed || wrong
}

compare_statistics <- function(name, x, scale) {
	rows <- nrow(x)
	say(name, "count", table_of("count"), rep(rows, ncol(x)), 0)
	say(name, "sum", table_of("sum"), colSums(x), rows * scale$unit + abs(colSums(x)) * 1e-15)
	say(name, "mean, smpc-sum", table_of("mean_sum"), colMeans(x), scale$mean)
	say(name, "mean", table_of("mean"), colMeans(x), scale$mean)
	want <- var(x)
	bound <- covariance_bound(scale, want)
	say(name, "variance", table_of("variance"), diag(want), diag(bound))
	say(name, "covariance", table_of("covariance"), want, bound)
	say(name, "correlation", table_of("correlation"), suppressWarnings(cor(x)), relative)
}

# A row for the intercept and each feature, a column for each number that the model gives, in the owner's units.
model_table <- function() as.matrix(read.csv("model.csv", row.names = 1, check.names = FALSE))

linear_part <- function(x) cbind(1, x) %*% model_table()

activated <- function(kind, z) {
	if (kind == "linear")
		return(z)
	if (kind == "logistic")
		return(plogis(z))
	e <- exp(z - apply(z, 1, max))
	e / rowSums(e)
}

log_loss <- function(p, y) {
	own <- if (ncol(p) == 1) ifelse(y == 1, p, 1 - p) else p[cbind(seq_along(y), y + 1)]
	-mean(log(pmax(own, 2^-16)))
}

accuracy <- function(p, y) mean(y == if (ncol(p) == 1) p >= 0.5 else max.col(p, "first") - 1)

r2 <- function(p, y) 1 - sum((p - y)^2) / sum((y - mean(y))^2)

# What R fits to the same rows.
fitted_by_r <- function(kind, x, y) {
	x <- as.matrix(x)
	if (kind == "linear")
		return(as.matrix(fitted(lm(y ~ x))))
	if (kind == "logistic")
		return(as.matrix(fitted(glm(y ~ x, family = binomial))))
	z <- as.data.frame(scale(x))
	nnet::multinom(factor(y) ~ ., z, trace = FALSE, maxit = 1000)$fitted.values
}

compare_model <- function(name, s, x, y, scale) {
	got <- activated(s$kind, linear_part(as.matrix(x)))
	best <- fitted_by_r(s$kind, x, y)
	spread <- if (s$kind == "linear") sd(y) else 1
	if (s$kind == "softmax")
		say(name, "model: accuracy", accuracy(got, y), accuracy(best, y), 0.02)
	else {
		say(name, "model: what it fits", got / spread, best / spread, 0.005)
		compare_coefficients(name, s, x, y, spread)
	}
	say(name, "prediction", table_of("predicted"), got, if (s$kind == "linear") 1e-4 * diff(reach(y)) else 1.1e-3)
}

# In units of deviations, where there is one solution.
compare_coefficients <- function(name, s, x, y, spread) {
	x <- as.matrix(x)
	want <- coef(if (s$kind == "linear") lm(y ~ x) else glm(y ~ x, family = binomial))[-1]
	got <- model_table()[-1, 1]
	if (!anyNA(want))
		say(name, "model: coefficients", got * apply(x, 2, sd) / spread, want * apply(x, 2, sd) / spread, 0.01)
}

compare_scores <- function(name, s, y, scale) {
	p <- table_of("predicted")
	score <- score_of()
	for (figure in names(score)) {
		want <- switch(figure, accuracy = accuracy(p, y), "log-loss" = log_loss(p, y), mse = mean((p - y)^2), r2 = r2(p, y))
		bound <- switch(figure, accuracy = 1e-6, "log-loss" = 1e-3, r2 = relative, mse = relative * max(want, scale$floor[s$label]^2))
		say(name, figure, score[figure], want, bound)
	}
	if (!setequal(names(score), strsplit(figures[[s$kind]], ",")[[1]]))
		say(name, "figures", 0, 1, 0)
}

compare_set <- function(name, s) {
	x <- numbers(s)
	scale <- scales(s, x)
	counted <- which(!sapply(names(x), function(n) is_renumbered(s, n)))
	compare_statistics(name, x[counted], lapply(scale, `[`, counted))
	y <- x[[s$label]]
	compare_model(name, s, x[names(x) != s$label], y, scale)
	compare_scores(name, s, y, scale)
}

arguments <- commandArgs(TRUE)
switch(arguments[1],
	names = cat(names(sets), sep = "\n"),
	write = write_set(sets[[arguments[2]]]),
	compare = compare_set(arguments[2], sets[[arguments[2]]]))
quit(status = as.integer(failed))
