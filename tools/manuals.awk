# Write the C of common/cli/manuals.h: awk -v directory=MANDIR -f tools/manuals.awk SCRIPT PAGE...

function quoted(text) {
	gsub(/["\\]/, "\\\\&", text)
	gsub(/\t/, "\\t", text)
	return "\"" text "\""
}

function end_page() {
	if (page != "")
		pages = pages "\t{ " quoted(page) ", " quoted(section) ", " quoted(task) ", " quoted(says) " },\n"
	page = ""
}

BEGIN {
	print "#include \"cli/manuals.h\"\n"
	print "#include <stddef.h>\n"
	print "const char *const completion_bash[] = {"
}

FILENAME == ARGV[1] {
	print "\t" quoted($0) ","
	next
}

FNR == 1 {
	end_page()
	page = FILENAME
	sub(/.*\//, "", page)
	section = page
	sub(/.*\./, "", section)
	sub(/\.[^.]*$/, "", page)
	task = says = ""
}

/^\.\\" task: / { task = $3 }

/^\.Nd / && says == "" { says = substr($0, 5) }

END {
	end_page()
	print "\tNULL,\n};\n"
	print "const char manuals_directory[] = " quoted(directory) ";\n"
	printf "const struct manual manuals[] = {\n%s\t{ NULL, NULL, NULL, NULL },\n};\n", pages
}
