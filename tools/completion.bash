# shellcheck shell=bash
#
# Completion of the command lines of the SMPC toolkit in bash.  `smpc completion bash` prints this, and `make install`
# puts it where bash-completion looks.  What the options are is asked from the tools (smpc-share --help=options).

# _smpc_parties FILE: the names in a parties file.
_smpc_parties() {
	local file=${1:-${SMPC_PARTIES:-}}
	[[ -n $file ]] || return
	file=${file/#\~\//$HOME/}
	grep -oE '"name"[[:space:]]*:[[:space:]]*"[^"\\]+"' -- "$file" 2>/dev/null | sed 's/.*"\([^"]*\)"$/\1/'
}

# _smpc_words WORD...: those that begin with the word under the cursor.
_smpc_words() {
	mapfile -t COMPREPLY < <(compgen -W "$*" -- "$cur")
}

# _smpc_files [-d]: files, or directories.
_smpc_files() {
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen "${1:--f}" -- "$cur")
}

# _smpc_names: parties, of which there may be several with commas between them.
_smpc_names() {
	local before="" names
	[[ $cur != *,* ]] || before=${cur%,*},
	mapfile -t names < <(_smpc_parties "$parties")
	_smpc_words "${names[@]/#/$before}"
}

# _smpc_value OPTION ARGUMENT: the value of an option, by what its argument is called.
_smpc_value() {
	case $2 in
	FILE | KEY | PREFIX | MATRIX | MODEL) _smpc_files ;;
	DIR) _smpc_files -d ;;
	OWNER | PARTY | NAMES) _smpc_names ;;
	PARTY=*) _smpc_names && compopt -o nospace 2>/dev/null ;;
	NAME) [[ $1 != to ]] || _smpc_names ;;
	*'|'*) _smpc_words "${2//|/ }" ;;
	esac
}

# _smpc_operand NUMBER: an operand, by what the usage line calls it.
_smpc_operand() {
	local kinds kind
	kinds=${operands//[][]/ }
	read -ra kinds <<<"$kinds"
	[[ ${kinds[0]:-} != -- ]] || kinds=("${kinds[@]:1}")
	kind=${kinds[$1]:-${kinds[-1]:-}}
	[[ $kind != ... ]] || kind=${kinds[-2]}
	case $kind in
	"") ;;
	FUNCTION) _smpc_words "$("$tool" --list 2>/dev/null </dev/null | sed '1d; s/ .*//')" ;;
	COMMAND) mapfile -t COMPREPLY < <(compgen -c -- "$cur") ;;
	NAME) _smpc_names ;;
	*'|'*) _smpc_words "${kind//|/ }" ;;
	*) _smpc_files ;;
	esac
}

# _smpc_tool TOOL FIRST: complete the word under the cursor, the tool's own words beginning with the one of that number.
_smpc_tool() {
	local -A argument=([help]=- [version]=-) long=()
	local names tool=$1
	local operands="" command="" parties="" expect="" ended="" what name arg letter word n=0 i at

	while IFS=$'\t' read -r what name arg letter; do
		case $what in
		operands) operands=$name ;;
		command) command=1 ;;
		option)
			argument[$name]=$arg
			long[$letter]=$name
			;;
		esac
	done < <("$1" --help=options 2>/dev/null </dev/null)

	for ((i = $2; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ -n $expect ]]; then
			# bash takes --option=value for three words.
			[[ $word != = ]] || continue
			[[ $expect != parties ]] || parties=$word
			expect=
		elif [[ -n $ended || $word == - || $word != -* ]]; then
			n=$((n + 1))
			ended=$ended$command
		elif [[ $word == -- ]]; then
			ended=1
		elif [[ $word == --* ]]; then
			[[ ${argument[${word#--}]:--} == - ]] || expect=${word#--}
		else
			for ((at = 1; at < ${#word}; at++)); do
				name=${long[${word:at:1}]:-}
				[[ -n $name && ${argument[$name]} != - ]] || continue
				# What follows the letter at once is its value.
				[[ $name != parties ]] || parties=${word:at+1}
				[[ -n ${word:at+1} ]] || expect=$name
				break
			done
		fi
	done

	if [[ -n $expect ]]; then
		[[ $cur != = ]] || cur=
		_smpc_value "$expect" "${argument[$expect]}"
	elif [[ -z $ended && $cur == -* ]]; then
		names=("${!argument[@]}")
		_smpc_words "${names[@]/#/--}"
	else
		_smpc_operand "$n"
	fi
}

# The command, the word under the cursor.
_smpc() {
	local cur=${COMP_WORDS[COMP_CWORD]} name=${COMP_WORDS[1]:-}
	COMPREPLY=()
	if [[ ${1##*/} != smpc ]]; then
		_smpc_tool "$1" 1
	elif ((COMP_CWORD == 1)); then
		_smpc_words help completion "${_smpc_tools[@]}" --help --version
	elif [[ $name == help ]]; then
		_smpc_words "${_smpc_pages[@]}"
	elif [[ $name == completion ]]; then
		_smpc_words bash
	elif [[ $1 == */* ]]; then
		_smpc_tool "${1%/*}/smpc-$name" 2
	else
		_smpc_tool "smpc-$name" 2
	fi
}
