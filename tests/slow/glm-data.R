# Tables that come with R, and what its glm says of them, for glm-data.sh.
#
#	Rscript glm-data.R names                  the sets
#	Rscript glm-data.R write SET              data.csv, and how to share and to learn it, in the directory at hand
#	Rscript glm-data.R compare SET            table.csv, as smpc-reveal prints it, against R: a line, and status 1 where
#	                                          something is beyond its bound
#
# Offsets o and weights w are made up where the sets have none.

expand <- function(t) {
	d <- as.data.frame(t)
	d[rep(seq_len(nrow(d)), d$Freq), ]
}

# A column for each level but the first.
levels_of <- function(f, name) {
	f <- factor(f, ordered = FALSE)
	m <- model.matrix(~f)[, -1, drop = FALSE]
	colnames(m) <- paste0(name, seq_len(ncol(m)))
	m
}

set <- function(data, label, family, offset = NULL, weights = NULL, intercept = TRUE, trials = 0, link = NULL)
	list(data = data, label = label, family = family, offset = offset, weights = weights, intercept = intercept,
		trials = trials, link = link)

titanic <- expand(Titanic)
berkeley <- expand(UCBAdmissions)

sets <- list(
	mtcars = set(mtcars[c("mpg", "wt", "hp", "qsec")], "mpg", "gaussian"),
	stackloss = set(stackloss, "stack.loss", "gaussian"),
	longley = set(longley[c("GNP.deflator", "Unemployed", "Armed.Forces", "Employed")], "Employed", "gaussian"),
	swiss = set(cbind(swiss, w = rep(1:5, length.out = 47)), "Fertility", "gaussian", weights = "w"),
	trees0 = set(trees, "Volume", "gaussian", intercept = FALSE),
	infert = set(infert[c("case", "age", "parity", "induced", "spontaneous")], "case", "binomial"),
	titanic = set(data.frame(s = as.integer(titanic$Survived == "Yes"), levels_of(titanic$Class, "class"),
		levels_of(titanic$Sex, "sex"), levels_of(titanic$Age, "age")), "s", "binomial"),
	berkeley = set(data.frame(a = as.integer(berkeley$Admit == "Admitted"), levels_of(berkeley$Gender, "g"),
		levels_of(berkeley$Dept, "d"), w = rep(c(1, 2, 3, 0), length.out = nrow(berkeley))), "a", "binomial", weights = "w"),
	am = set(mtcars[c("am", "wt")], "am", "binomial"),
	iris = set(data.frame(v = as.integer(iris$Species[51:150] == "virginica"), iris[51:150, 1:3]), "v", "binomial"),
	offset = set(data.frame(case = infert$case, age = infert$age, spontaneous = infert$spontaneous, o = infert$parity / 4),
		"case", "binomial", offset = "o"),
	esoph2 = set(data.frame(p = esoph$ncases / (esoph$ncases + esoph$ncontrols), w = esoph$ncases + esoph$ncontrols,
		levels_of(esoph$agegp, "a"), levels_of(esoph$alcgp, "c"), levels_of(esoph$tobgp, "t")), "p", "binomial", weights = "w",
		trials = 64),
	berkeley2 = set(data.frame(p = apply(UCBAdmissions, 2:3, function(x) x[1] / sum(x))[1:12], w = apply(UCBAdmissions, 2:3, sum)[1:12],
		g = rep(0:1, 6), levels_of(rep(1:6, each = 2), "d")), "p", "binomial", weights = "w", trials = 1024),
	budworm = set(data.frame(p = c(1, 4, 9, 13, 18, 20, 0, 2, 6, 10, 12, 16) / 20, w = 20, d = rep(0:5, 2), m = rep(1:0, each = 6),
		o = rep(c(0, 0.5, 1), 4)), "p", "binomial", offset = "o", weights = "w", trials = 32),
	warpbreaks = set(data.frame(breaks = warpbreaks$breaks, levels_of(warpbreaks$wool, "w"), levels_of(warpbreaks$tension, "t")),
		"breaks", "poisson"),
	esoph = set(data.frame(n = esoph$ncases, o = log(esoph$ncontrols + esoph$ncases), levels_of(esoph$agegp, "a"),
		levels_of(esoph$alcgp, "c")), "n", "poisson", offset = "o"),
	sprays = set(data.frame(count = InsectSprays$count, levels_of(InsectSprays$spray, "s")), "count", "poisson"),
	quakes = set(quakes[c("stations", "mag", "depth", "lat")], "stations", "poisson"),
	discoveries = set(data.frame(n = as.numeric(discoveries), t = 1:100, t2 = (1:100)^2, w = rep(1:3, length.out = 100)), "n",
		"poisson", weights = "w"),
	counts0 = set(data.frame(breaks = warpbreaks$breaks, levels_of(warpbreaks$wool, "w"), one = 1), "breaks", "poisson",
		intercept = FALSE),
	trees = set(trees, "Volume", "gamma"),
	airquality = set(na.omit(airquality)[1:4], "Ozone", "gamma"),
	chicks = set(data.frame(weight = ChickWeight$weight, Time = ChickWeight$Time, levels_of(ChickWeight$Diet, "d")), "weight", "gamma"),
	trees1 = set(trees, "Volume", "gamma", link = "inverse"),
	warp1 = set(data.frame(breaks = warpbreaks$breaks, levels_of(warpbreaks$wool, "w"), levels_of(warpbreaks$tension, "t"),
		w = rep(1:3, 18)), "breaks", "gamma", weights = "w", link = "inverse"),
	clotting = set(data.frame(lot = c(118, 58, 42, 35, 27, 25, 21, 19, 18, 69, 35, 26, 21, 18, 16, 13, 12, 12),
		u = log(rep(c(5, 10, 15, 20, 30, 40, 60, 80, 100), 2)), second = rep(0:1, each = 9)), "lot", "gamma", link = "inverse"),
	cars = set(data.frame(dist = cars$dist, speed = cars$speed, o = rep(c(0, 0.3), 25), w = rep(c(2, 1), 25)), "dist", "gamma",
		offset = "o", weights = "w")
)

write_set <- function(s) {
	write.csv(format(s$data, digits = 8, scientific = FALSE, trim = TRUE), "data.csv", row.names = FALSE, quote = FALSE)
	writeLines(as.character(if (!is.null(s$weights)) c("--range", paste0("w=0..", max(5, s$trials)),
		if (s$trials > 0) c("--fraction-bits", "20"))), "share")
	writeLines(c("-m", "glm", "--family", s$family, "-l", s$label, if (!is.null(s$offset)) c("--offset", s$offset),
		if (!is.null(s$weights)) c("--weights", s$weights), if (s$trials > 0) "--proportions", if (!is.null(s$link)) c("--link", s$link), if (!s$intercept) "--no-intercept"), "train")
}

model <- function(s) {
	features <- setdiff(names(s$data), c(s$label, s$offset, s$weights))
	formula <- as.formula(paste0("`", s$label, "`~", paste0("`", features, "`", collapse = "+"), if (!s$intercept) "-1"))
	data <- s$data
	data$OFFSET <- if (is.null(s$offset)) 0 else data[[s$offset]]
	data$WEIGHTS <- if (is.null(s$weights)) 1 else data[[s$weights]]
	family <- switch(s$family, gaussian = gaussian(), binomial = binomial(), poisson = poisson(), gamma = Gamma(if (is.null(s$link)) "log" else s$link))
	suppressWarnings(glm(formula, family, data, offset = OFFSET, weights = WEIGHTS, epsilon = 1e-12, maxit = 100))
}

# How far off a figure is, by itself; one that is empty is infinitely far, unless R has none either.
off <- function(ours, theirs) if (!is.finite(theirs)) 0 else if (is.na(ours)) Inf else unname(abs(ours / theirs - 1))

compare_set <- function(name, s) {
	g <- model(s)
	m <- coef(summary(g))
	table <- read.csv("table.csv", check.names = FALSE)
	ours <- table[seq_len(nrow(m)), ]
	figures <- setNames(table[-seq_len(nrow(m)), 2], table[-seq_len(nrow(m)), 1])
	far <- c(estimates = max(abs(ours[, 2] - m[, 1]) / m[, 2]), errors = max(abs(ours[, 3] / m[, 2] - 1)),
		p = max(abs(ours[, 5] - m[, 4])), dispersion = off(figures["(Dispersion)"], summary(g)$dispersion),
		null = off(figures["(Null deviance)"], g$null.deviance), deviance = off(figures["(Deviance)"], g$deviance),
		aic = off(figures["(AIC)"], g$aic), rows = off(figures["(Rows)"], nobs(g)))
	bound <- c(1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-9)
	cat(sprintf("%-12s %-9s %s\n", name, s$family, paste(names(far), format(far, digits = 2), collapse = ", ")))
	all(far <= bound)
}

words <- commandArgs(TRUE)
if (words[1] == "names") {
	writeLines(names(sets))
} else if (words[1] == "write") {
	write_set(sets[[words[2]]])
} else if (!compare_set(words[2], sets[[words[2]]])) {
	quit(status = 1)
}
