# code(text): a line of C without its comments and with a blank in place of every string and character; the strings are
# in "strings".  Comments go on from line to line: set "comment" to 0 where a file begins.
function code(text,    out, end, token) {
	strings = ""
	while (text != "") {
		if (comment) {
			end = index(text, "*/")
			text = end ? substr(text, end + 2) : ""
			comment = !end
		} else if (match(text, /"([^"\\]|\\.)*"|\047([^\047\\]|\\.)*\047|\/\*|\/\//)) {
			out = out substr(text, 1, RSTART - 1) " "
			token = substr(text, RSTART, RLENGTH)
			text = (token == "//") ? "" : substr(text, RSTART + RLENGTH)
			if (token == "/*")
				comment = 1
			else if (token != "//")
				strings = strings token
		} else {
			out = out text
			text = ""
		}
	}
	return out
}
