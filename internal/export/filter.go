// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package export

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// dimensionPattern is what can stand in a filter without quotes and be nothing but a name.
var dimensionPattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]{0,127}$`)

// CheckDimension says why a name cannot stand in a filter, or nil.
func CheckDimension(name string) error {
	if !dimensionPattern.MatchString(name) || isKeyword(name) {
		return errors.New("it must be an API name: letters, digits, dots and underscores, and no word of the filter language")
	}
	return nil
}

func isKeyword(name string) bool {
	switch strings.ToUpper(name) {
	case "AND", "OR", "IN", "NOT", "NOT_IN":
		return true
	}
	return false
}

// Unusual tells whether an identifier holds what the filter language gives a meaning to, or what no sign-in provider puts into
// a name. Coveo documents how a quote is escaped in half a sentence only.
func Unusual(id string) bool {
	return !utf8.ValidString(id) || strings.ContainsAny(id, "'\"`\\") || strings.ContainsFunc(id, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029'
	})
}

// Filter is the filter that lets through the rows of any of the identifiers, in any of the dimensions, and nothing else. The
// dimensions have been checked. An identifier that is no UTF-8 is refused: JSON could not carry it as it is.
func Filter(dimensions, ids []string) (string, error) {
	if len(dimensions) == 0 || len(ids) == 0 {
		return "", errors.New("a filter without a dimension or an identifier would let everybody through")
	}
	var comparisons []string
	for _, dimension := range dimensions {
		if err := CheckDimension(dimension); err != nil {
			return "", fmt.Errorf("the dimension %q cannot be used: %w", dimension, err)
		}
		for _, id := range ids {
			if id == "" || !utf8.ValidString(id) {
				return "", errors.New("an identifier is empty or not UTF-8")
			}
			comparisons = append(comparisons, dimension+"=="+quote(id))
		}
	}
	if len(comparisons) == 1 {
		return comparisons[0], nil
	}
	return "(" + strings.Join(comparisons, " OR ") + ")", nil
}

// quote makes a text literal: the backslash and the quote are escaped, so that nothing in a value ends it.
func quote(value string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value) + "'"
}

// Mentions tells whether filters that Coveo shows name an identifier: as a whole text literal, or as a word of its own
// anywhere. It errs on the side of yes, as what is found by it holds personal data. Case does not matter.
func Mentions(filters []string, id string) bool {
	if id == "" {
		return false
	}
	for _, filter := range filters {
		for _, form := range []string{id, strings.Trim(quote(id), "'"), strings.ReplaceAll(strings.ReplaceAll(id, `\`, `\\`), `"`, `\"`)} {
			if containsWord(strings.ToLower(filter), strings.ToLower(form)) {
				return true
			}
		}
	}
	return false
}

// MentionsAny tells whether filters name any of the identifiers.
func MentionsAny(filters, ids []string) bool {
	for _, id := range ids {
		if Mentions(filters, id) {
			return true
		}
	}
	return false
}

func containsWord(text, word string) bool {
	if word == "" {
		return false
	}
	for start := 0; ; {
		at := strings.Index(text[start:], word)
		if at < 0 {
			return false
		}
		at += start
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(word):])
		if (at == 0 || !joins(before)) && (at+len(word) == len(text) || !joins(after)) {
			return true
		}
		start = at + 1
	}
}

// joins tells whether a character beside a word makes it part of a longer identifier.
func joins(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("@.-_+", r)
}

// names tells whether a text that people read, such as a description, holds an identifier, or the address in one.
func names(text string, ids []string) bool {
	text = strings.ToLower(text)
	for _, id := range ids {
		id = strings.ToLower(id)
		forms := []string{id}
		if cut := strings.LastIndexByte(id, '-'); cut > 0 && strings.Contains(id[:cut], "@") {
			forms = append(forms, id[:cut])
		}
		for _, form := range forms {
			if len(form) >= 4 && strings.Contains(text, form) || containsWord(text, form) {
				return true
			}
		}
	}
	return false
}
