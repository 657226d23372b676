# Tables that come with R and its package survival, and what its tests say of them, for stat-data.sh.
#
#	Rscript stat-data.R names                  the sets
#	Rscript stat-data.R write SET              data.csv, and how to share and to test it, in the directory at hand
#	Rscript stat-data.R compare SET            table.csv, as smpc-reveal prints it, against R: a line, and status 1 where
#	                                           something is beyond its bound
#
# Where a share file says --codes, columns that are no category are numbers with a range of a few times theirs.

suppressMessages(library(survival))

expand <- function(t) {
	d <- as.data.frame(t)
	d[rep(seq_len(nrow(d)), d$Freq), setdiff(names(d), "Freq")]
}

set <- function(data, test, by = character(), ..., options = character()) list(data = data, test = test, by = by, more = list(...),
	options = options)
named <- function(d, numbers, by) setNames(d[c(numbers, by)], c(numbers, "g"))
curves <- function(d, time, event, by, edges) list(data = data.frame(time = d[[time]], event = d[[event]],
	g = if (is.null(by)) 0 else d[[by]]), edges = edges)

air <- airquality[airquality$Month %in% c(5, 8), ]
set.seed(20261201)
pay <- data.frame(pay = round(exp(rnorm(20000, 10.4, 0.5)), 2), g = sample(c("a", "b"), 20000, TRUE, c(0.9, 0.1)))
pay$pay[pay$g == "b"] <- round(pay$pay[pay$g == "b"] * 1.02, 2)
wide <- data.frame(x = c(rnorm(300, 90000, 40), rnorm(300, 90006, 40)), g = rep(c("u", "v"), each = 300))

lung2 <- curves(transform(lung, event = status - 1), "time", "event", "sex", seq(0, 900, 100))
ecog <- curves(na.omit(transform(lung, event = status - 1)[c("time", "event", "ph.ecog")]), "time", "event", "ph.ecog", seq(0, 900, 90))
vet <- curves(veteran, "time", "status", "celltype", c(0, 10, 25, 50, 75, 100, 150, 200, 300, 500))
ova <- curves(ovarian, "futime", "fustat", "rx", c(50, 200, 400, 600, 800))
col <- curves(subset(colon, etype == 2), "time", "status", "rx", seq(0, 3000, 250))
all <- curves(subset(colon, etype == 1), "time", "status", NULL, seq(0, 3000, 200))

sets <- list(
	sleep = set(named(sleep, "extra", "group"), "t-test", "g"),
	student = set(named(sleep, "extra", "group"), "t-test", "g", equal = TRUE, options = "--equal-variances"),
	cars = set(named(mtcars, c("mpg", "hp", "wt", "disp", "qsec"), "am"), "t-test", "g"),
	teeth = set(named(ToothGrowth, c("len", "dose"), "supp"), "t-test", "g"),
	ozone = set(named(air, c("Ozone", "Solar.R", "Wind", "Temp"), "Month"), "t-test", "g"),
	pay = set(pay, "t-test", "g"),
	wide = set(wide, "t-test", "g"),
	mu = set(mtcars[c("mpg", "hp", "wt")], "t-test", options = c("--mu", "20")),
	plants = set(named(PlantGrowth, "weight", "group"), "anova", "g"),
	iris = set(named(iris, names(iris)[1:4], "Species"), "anova", "g"),
	sprays = set(named(InsectSprays, "count", "spray"), "anova", "g"),
	chicks = set(named(chickwts, "weight", "feed"), "anova", "g"),
	months = set(named(airquality, c("Ozone", "Solar.R", "Wind", "Temp"), "Month"), "anova", "g"),
	breaks = set(named(warpbreaks, "breaks", "tension"), "anova", "g"),
	widest = set(wide, "anova", "g"),
	berkeley = set(expand(UCBAdmissions)[c("Admit", "Gender")], "chi-square", c("Admit", "Gender")),
	departments = set(expand(UCBAdmissions)[c("Admit", "Dept")], "chi-square", c("Admit", "Dept")),
	titanic = set(expand(Titanic)[c("Class", "Survived")], "chi-square", c("Class", "Survived")),
	hair = set(expand(HairEyeColor)[c("Hair", "Eye")], "chi-square", c("Hair", "Eye")),
	ages = set(expand(Titanic)[c("Age", "Sex")], "chi-square", c("Age", "Sex"), correct = FALSE, options = "--uncorrected"),
	gears = set(mtcars[c("cyl", "gear")], "chi-square", c("cyl", "gear")),
	ranks = set(named(mtcars, c("mpg", "hp", "gear"), "am"), "mann-whitney", "g"),
	airranks = set(named(air, c("Ozone", "Solar.R", "Wind", "Temp"), "Month"), "mann-whitney", "g"),
	spraysAC = set(named(droplevels(subset(InsectSprays, spray %in% c("A", "C"))), "count", "spray"), "mann-whitney", "g"),
	lung = set(lung2$data, "log-rank", "g", edges = lung2$edges),
	ecog = set(ecog$data, "log-rank", "g", edges = ecog$edges),
	veteran = set(vet$data, "log-rank", "g", edges = vet$edges),
	ovarian = set(ova$data, "log-rank", "g", edges = ova$edges),
	colon = set(col$data, "log-rank", "g", edges = col$edges),
	lungcurve = set(lung2$data[c("time", "event")], "survival", edges = lung2$edges),
	coloncurve = set(all$data[c("time", "event")], "survival", edges = all$edges),
	veterancurve = set(vet$data[c("time", "event")], "survival", edges = vet$edges),
	vifcars = set(mtcars[2:7], "vif"),
	viflongley = set(longley, "vif"),
	vifswiss = set(swiss, "vif"),
	vifattitude = set(attitude, "vif")
)

category <- function(s, name) name %in% s$by || name == "event"
quoted <- function(v) gsub(",", ";", as.character(v))

write_set <- function(s) {
	d <- s$data
	options <- character()
	for (name in names(d)) {
		if (category(s, name)) {
			d[[name]] <- quoted(d[[name]])
			options <- c(options, "--codes", paste0(name, "=", paste(levels(factor(d[[name]])), collapse = ",")))
		} else {
			x <- range(d[[name]], na.rm = TRUE)
			most <- signif(10 * max(abs(x)), 1)
			options <- c(options, "--range", paste0(name, "=", format(if (x[1] < 0) -most else 0, scientific = FALSE), "..",
				format(most, scientific = FALSE)))
			if (anyNA(d[[name]]))
				options <- c(options, "--na", paste0(name, "=mean"))
		}
	}
	for (name in names(d))
		d[[name]] <- ifelse(is.na(d[[name]]), "", if (is.numeric(d[[name]])) format(d[[name]], digits = 15, scientific = FALSE,
			trim = TRUE) else d[[name]])
	write.csv(d, "data.csv", row.names = FALSE, quote = FALSE)
	writeLines(as.character(options), "share")
	writeLines(c(if (s$test != "vif") c("--min-count", "1", s$options), if (length(s$by)) c("--by", paste(s$by, collapse = ",")),
		if (!is.null(s$more$edges)) c("--time", "time", "--event", "event", "--bins", paste(s$more$edges, collapse = ",")),
		s$test), "how")
}

# What R says, as rows and columns of the table.
theirs <- function(s) {
	d <- s$data
	numbers <- setdiff(names(d), c(s$by, "event"))
	by <- if (length(s$by)) factor(quoted(d[[s$by[1]]]))
	each <- function(f) do.call(rbind, lapply(setNames(numbers, numbers), f))
	if (!is.null(s$more$edges)) {
		bin <- findInterval(d$time, s$more$edges)
		event <- d$event * (bin < length(s$more$edges))
		keep <- bin > 0
	}
	switch(s$test,
		"t-test" = each(function(n) {
			t <- if (is.null(by)) t.test(d[[n]], mu = 20) else t.test(d[[n]] ~ by, var.equal = isTRUE(s$more$equal))
			c(t = unname(t$statistic), df = unname(t$parameter), p = t$p.value, std_error = t$stderr, low_95 = t$conf.int[1],
				high_95 = t$conf.int[2])
		}),
		anova = each(function(n) {
			a <- summary(aov(d[[n]] ~ by))[[1]]
			c(squares_between = a[1, 2], df_between = a[1, 1], squares_within = a[2, 2], df_within = a[2, 1], f = a[1, 4], p = a[1, 5])
		}),
		"chi-square" = {
			t <- suppressWarnings(chisq.test(table(d[[s$by[1]]], d[[s$by[2]]]), correct = !isFALSE(s$more$correct)))
			rbind(independence = c(chi_square = unname(t$statistic), df = unname(t$parameter), p = t$p.value))
		},
		"mann-whitney" = each(function(n) {
			t <- wilcox.test(d[[n]] ~ by, exact = FALSE)
			c(w = unname(t$statistic), p = t$p.value)
		}),
		survival = {
			f <- summary(survfit(Surv(bin[keep], event[keep]) ~ 1))
			cbind(at_risk = f$n.risk, events = f$n.event, survival = f$surv, std_error = f$std.err, low_95 = f$lower, high_95 = f$upper)
		},
		"log-rank" = {
			f <- survdiff(Surv(bin[keep], event[keep]) ~ by[keep])
			rows <- cbind(count = as.vector(f$n), observed = f$obs, expected = f$exp)
			rownames(rows) <- levels(by)
			rbind(rows, "(Chi-square)" = c(f$chisq, NA, NA), "(df)" = c(nrow(rows) - 1, NA, NA),
				"(p)" = c(pchisq(f$chisq, nrow(rows) - 1, lower.tail = FALSE), NA, NA))
		},
		vif = cbind(vif = diag(solve(cor(d)))))
}

compare_set <- function(name, s) {
	due <- theirs(s)
	table <- read.csv("table.csv", check.names = FALSE)
	if (s$test == "survival") {
		# Bins without an event are no rows of R's.
		table <- table[table$events > 0, ]
		ours <- as.matrix(table[colnames(due)])
	} else
		ours <- as.matrix(table[match(rownames(due), table$name), colnames(due)])
	probability <- matrix(colnames(due) == "p", nrow(due), ncol(due), TRUE) |
		if (is.null(rownames(due))) FALSE else rownames(due) == "(p)"
	off <- ifelse(is.na(due), 0, ifelse(probability, abs(ours - due), abs(ours / due - 1)))
	off[!is.na(due) & due == 0 & ours == 0] <- 0
	far <- c(figures = max(off[!probability]), p = if (any(probability)) max(off[probability]) else 0)
	cat(sprintf("%-12s %-12s %s\n", name, s$test, paste(names(far), format(far, digits = 2), collapse = ", ")))
	isTRUE(all(far <= 1e-3))
}

words <- commandArgs(TRUE)
if (words[1] == "names") {
	writeLines(names(sets))
} else if (words[1] == "write") {
	write_set(sets[[words[2]]])
} else if (!compare_set(words[2], sets[[words[2]]])) {
	quit(status = 1)
}
