// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// filter is one parsed filter: dimension OP value, joined by AND, OR and parentheses.
type filter struct {
	// joined by "AND" or "OR", or a comparison where empty.
	joint string
	parts []*filter

	dimension, operator string
	values              []string
}

// FilterComparison is one comparison of a filter.
type FilterComparison struct {
	Dimension, Operator string
	Values              []string
}

// ParseFilter reads a filter as the server does and returns its comparisons in order. Tests hold the provider's filters
// against it.
func ParseFilter(text string) ([]FilterComparison, error) {
	parsed, err := parseFilter(text)
	if err != nil {
		return nil, err
	}
	var comparisons []FilterComparison
	parsed.walk(func(f *filter) {
		comparisons = append(comparisons, FilterComparison{f.dimension, f.operator, f.values})
	})
	return comparisons, nil
}

func (f *filter) walk(visit func(*filter)) {
	if f.joint == "" {
		visit(f)
	}
	for _, part := range f.parts {
		part.walk(visit)
	}
}

type filterParser struct {
	rest string
	// depth bounds nesting.
	depth int
}

func parseFilter(text string) (*filter, error) {
	p := &filterParser{rest: text}
	parsed, err := p.disjunction()
	if err != nil {
		return nil, err
	}
	if p.blank(); p.rest != "" {
		return nil, fmt.Errorf("there is more after the end of the filter")
	}
	return parsed, nil
}

func (p *filterParser) blank() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

func (p *filterParser) take(token string) bool {
	p.blank()
	if strings.HasPrefix(p.rest, token) {
		p.rest = p.rest[len(token):]
		return true
	}
	return false
}

// word takes a keyword that no letter follows.
func (p *filterParser) word(keyword string) bool {
	p.blank()
	if len(p.rest) < len(keyword) || !strings.EqualFold(p.rest[:len(keyword)], keyword) {
		return false
	}
	if after := p.rest[len(keyword):]; after != "" && isNamePart(after[0]) {
		return false
	}
	p.rest = p.rest[len(keyword):]
	return true
}

func isNamePart(c byte) bool {
	return c == '_' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func (p *filterParser) disjunction() (*filter, error) { return p.joined("OR", p.conjunction) }

func (p *filterParser) conjunction() (*filter, error) { return p.joined("AND", p.primary) }

func (p *filterParser) joined(keyword string, part func() (*filter, error)) (*filter, error) {
	first, err := part()
	if err != nil {
		return nil, err
	}
	parts := []*filter{first}
	for p.word(keyword) {
		next, err := part()
		if err != nil {
			return nil, err
		}
		parts = append(parts, next)
	}
	if len(parts) == 1 {
		return first, nil
	}
	return &filter{joint: keyword, parts: parts}, nil
}

func (p *filterParser) primary() (*filter, error) {
	if !p.take("(") {
		return p.comparison()
	}
	if p.depth++; p.depth > 50 {
		return nil, fmt.Errorf("the filter is nested too deeply")
	}
	inner, err := p.disjunction()
	if err != nil {
		return nil, err
	}
	p.depth--
	if !p.take(")") {
		return nil, fmt.Errorf("a parenthesis is not closed")
	}
	return inner, nil
}

func (p *filterParser) comparison() (*filter, error) {
	p.blank()
	end := 0
	for end < len(p.rest) && isNamePart(p.rest[end]) {
		end++
	}
	if end == 0 {
		return nil, fmt.Errorf("a dimension is missing")
	}
	f := &filter{dimension: p.rest[:end]}
	p.rest = p.rest[end:]
	for _, keyword := range []string{"NOT_IN", "IN"} {
		if p.word(keyword) {
			f.operator = keyword
			return f, p.list(f)
		}
	}
	for _, operator := range []string{"==", "!=", "=~", "!~", "=@", "!@", "<=", ">=", "<", ">"} {
		if p.take(operator) {
			f.operator = operator
			value, err := p.value()
			f.values = []string{value}
			return f, err
		}
	}
	return nil, fmt.Errorf("an operator is missing")
}

func (p *filterParser) list(f *filter) error {
	if !p.take("[") {
		return fmt.Errorf("a list is missing")
	}
	for {
		value, err := p.value()
		if err != nil {
			return err
		}
		f.values = append(f.values, value)
		switch {
		case p.take("]"):
			return nil
		case !p.take(","):
			return fmt.Errorf("a list is not closed")
		}
	}
}

func (p *filterParser) value() (string, error) {
	p.blank()
	if p.rest == "" {
		return "", fmt.Errorf("a value is missing")
	}
	quote := p.rest[0]
	if quote != '\'' && quote != '"' {
		end := 0
		for end < len(p.rest) && (isNamePart(p.rest[end]) || p.rest[end] == '-') {
			end++
		}
		if end == 0 {
			return "", fmt.Errorf("a value is missing")
		}
		value := p.rest[:end]
		p.rest = p.rest[end:]
		return value, nil
	}
	var value strings.Builder
	for i := 1; i < len(p.rest); i++ {
		switch c := p.rest[i]; c {
		case '\\':
			if i++; i == len(p.rest) {
				return "", fmt.Errorf("a text is not closed")
			}
			value.WriteByte(p.rest[i])
		case quote:
			p.rest = p.rest[i+1:]
			return value.String(), nil
		default:
			value.WriteByte(c)
		}
	}
	return "", fmt.Errorf("a text is not closed")
}

// without drops the comparisons that do not apply; nil is what is left of a filter with nothing else.
func (f *filter) without(drop func(*filter) bool) *filter {
	if f.joint == "" {
		if drop(f) {
			return nil
		}
		return f
	}
	var parts []*filter
	for _, part := range f.parts {
		if kept := part.without(drop); kept != nil {
			parts = append(parts, kept)
		}
	}
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	}
	return &filter{joint: f.joint, parts: parts}
}

// accepts says whether a row passes; value gives the row's value of a dimension.
func (f *filter) accepts(value func(dimension string) string) bool {
	switch f.joint {
	case "AND":
		return !slices.ContainsFunc(f.parts, func(part *filter) bool { return !part.accepts(value) })
	case "OR":
		return slices.ContainsFunc(f.parts, func(part *filter) bool { return part.accepts(value) })
	}
	got, want := value(f.dimension), f.values[0]
	switch f.operator {
	case "==":
		return got == want
	case "!=":
		return got != want
	case "=@":
		return strings.Contains(got, want)
	case "!@":
		return !strings.Contains(got, want)
	case "IN":
		return slices.Contains(f.values, got)
	case "NOT_IN":
		return !slices.Contains(f.values, got)
	case "=~", "!~":
		form, err := regexp.Compile(want)
		return err == nil && form.MatchString(got) == (f.operator == "=~")
	}
	order := strings.Compare(got, want)
	a, errA := strconv.ParseFloat(got, 64)
	b, errB := strconv.ParseFloat(want, 64)
	if errA == nil && errB == nil {
		switch {
		case a < b:
			order = -1
		case a > b:
			order = 1
		default:
			order = 0
		}
	}
	switch f.operator {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}
