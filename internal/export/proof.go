// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package export

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// Columns are the dimensions that an identifier is compared with.
type Columns struct {
	User string
	// Visitor is empty where the organization has none of its own.
	Visitor string
}

func (c Columns) names() []string {
	if c.Visitor == "" || c.Visitor == c.User {
		return []string{c.User}
	}
	return []string{c.User, c.Visitor}
}

// findColumns completes what was given by what the organization can export. A name that it does not list is an error: a
// filter with it would be refused at best, and ignored at worst.
func findColumns(given Columns, dimensions []coveo.Dimension) (Columns, error) {
	for name, value := range map[string]string{"user_dimension": given.User, "visitor_dimension": given.Visitor} {
		if value == "" {
			continue
		}
		if err := CheckDimension(value); err != nil {
			return Columns{}, fmt.Errorf("%s cannot be used: %w", name, err)
		}
		if !slices.ContainsFunc(dimensions, func(d coveo.Dimension) bool { return slices.Contains(d.APINames, value) }) {
			return Columns{}, fmt.Errorf("%s is %q, and the organization can export no dimension of that API name; the data source "+
				"coveo_analytics_dimensions lists them", name, value)
		}
	}
	if given.User == "" {
		given.User = titled(dimensions, "User Id", "User Name")
	}
	if given.User == "" {
		return Columns{}, errors.New("none of the dimensions that the organization can export is called User Id or User Name, so it is open " +
			"which one holds identifiers; set user_dimension to its API name, which the data source coveo_analytics_dimensions lists")
	}
	if given.Visitor == "" {
		given.Visitor = titled(dimensions, "Visitor Id")
	}
	return given, nil
}

// titled is the API name of the first of these titles that the organization has.
func titled(dimensions []coveo.Dimension, titles ...string) string {
	plain := func(title string) string { return strings.ToLower(strings.ReplaceAll(title, " ", "")) }
	for _, title := range titles {
		for _, d := range dimensions {
			if d.Custom || plain(d.DisplayName) != plain(title) {
				continue
			}
			for _, name := range slices.Sorted(slices.Values(d.APINames)) {
				if CheckDimension(name) == nil {
					return name
				}
			}
		}
	}
	return ""
}

// columns resolves the dimensions. Where the list cannot be read and both are given, the proof below has to do.
func (s *Service) columns(ctx context.Context, given Columns) (Columns, error) {
	dimensions, err := s.Dimensions(ctx)
	if err == nil {
		return findColumns(given, dimensions)
	}
	if coveo.IsRefused(err) && given.User != "" && given.Visitor != "" {
		for _, name := range given.names() {
			if err := CheckDimension(name); err != nil {
				return Columns{}, fmt.Errorf("the dimension %q cannot be used: %w", name, err)
			}
		}
		return given, nil
	}
	return Columns{}, err
}

// checkColumns refuses a column that the organization does not list: Coveo could leave it out of the file without a word. A
// list that the token may not read leaves it to Coveo.
func (s *Service) checkColumns(ctx context.Context, names []string) error {
	if len(names) == 0 {
		return nil
	}
	dimensions, err := s.Dimensions(ctx)
	if coveo.IsRefused(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, name := range names {
		if !slices.ContainsFunc(dimensions, func(d coveo.Dimension) bool { return slices.Contains(d.APINames, name) }) {
			return fmt.Errorf("dimensions holds %q, and the organization can export no dimension of that API name; the data source "+
				"coveo_analytics_dimensions lists them", name)
		}
	}
	return nil
}

// Question is whose rows of what are wanted.
type Question struct {
	Period  coveo.Period
	Tables  []string
	Columns Columns
	IDs     []string
	// Open tells that the period is not over, so that counts may rise from one look to the next.
	Open bool
}

// Proof is what the looks before an export showed.
type Proof struct {
	// Filter is what was proved. It names people.
	Filter string
	// Person are the rows of the person, Everyone those of all people.
	Person, Everyone coveo.Estimate
	Limit            int64
	Limited          bool
}

// unproved is a reason not to export. It names nobody.
type unproved struct{ text string }

func (u *unproved) Error() string { return u.text }

func unprovedf(format string, args ...any) error { return &unproved{fmt.Sprintf(format, args...)} }

// prove shows that Coveo understands the filter before anything is exported: nobody of a made-up name has a row, in the whole
// filter and in each dimension of it; the person has no more rows than everybody, and no fewer than in each dimension alone.
// Without it, a filter that is ignored would export everybody, and one that is understood by half, half a person.
func (s *Service) prove(ctx context.Context, q Question) (Proof, error) {
	var proof Proof
	invented := make([]string, len(q.IDs))
	for i := range invented {
		invented[i] = "terraform-control-" + strings.ToLower(s.random())
	}
	dimensions := q.Columns.names()
	// The counts of a person come before those of everybody, so that events which arrive meanwhile only make the latter larger.
	var each []coveo.Estimate
	for _, dimension := range dimensions {
		control, err := s.estimate(ctx, q, []string{dimension}, invented[:1])
		if err != nil {
			return proof, err
		}
		if nonzero(control) {
			return proof, unprovedf("Coveo counts %d rows for an identifier that was made up a moment ago, in the dimension %s. It ignores that "+
				"dimension, and would export everybody", control.Rows, dimension)
		}
		if len(dimensions) == 1 {
			break
		}
		one, err := s.estimate(ctx, q, []string{dimension}, q.IDs)
		if err != nil {
			return proof, err
		}
		each = append(each, one)
	}
	control, err := s.estimate(ctx, q, dimensions, invented)
	if err != nil {
		return proof, err
	}
	if nonzero(control) {
		return proof, unprovedf("Coveo counts %d rows for identifiers that were made up a moment ago. It does not understand the filter, and would "+
			"export other people", control.Rows)
	}
	if proof.Person, err = s.estimate(ctx, q, dimensions, q.IDs); err != nil {
		return proof, err
	}
	if proof.Everyone, err = s.api.EstimateExport(ctx, q.Period, q.Tables, nil); err != nil {
		return proof, err
	}
	sum := int64(0)
	for i, one := range each {
		sum += one.Rows
		if one.Rows > proof.Person.Rows {
			return proof, unprovedf("Coveo counts fewer rows for the person as a whole (%d) than in the dimension %s alone (%d). It does not join the "+
				"dimensions as the filter says, and would export half a person", proof.Person.Rows, dimensions[i], one.Rows)
		}
	}
	if len(each) > 0 && proof.Person.Rows > sum && !q.Open {
		return proof, unprovedf("Coveo counts more rows for the person as a whole (%d) than in the dimensions together (%d). It does not read the "+
			"filter as it is meant, and would export other people", proof.Person.Rows, sum)
	}
	for table, rows := range proof.Person.Tables {
		if all, counted := proof.Everyone.Tables[table]; counted && rows > all || proof.Person.Rows > proof.Everyone.Rows {
			return proof, unprovedf("Coveo counts more rows for the person (%d) than for everybody (%d), which cannot be", proof.Person.Rows, proof.Everyone.Rows)
		}
	}
	if proof.Limit, proof.Limited, err = s.api.ExportRowLimit(ctx); err != nil {
		return proof, err
	}
	proof.Filter, err = Filter(dimensions, q.IDs)
	return proof, err
}

func nonzero(e coveo.Estimate) bool {
	for _, rows := range e.Tables {
		if rows > 0 {
			return true
		}
	}
	return false
}

func (s *Service) estimate(ctx context.Context, q Question, dimensions, ids []string) (coveo.Estimate, error) {
	filter, err := Filter(dimensions, ids)
	if err != nil {
		return coveo.Estimate{}, err
	}
	return s.api.EstimateExport(ctx, q.Period, q.Tables, []string{filter})
}

// exportable says why a proof is no leave to export, or nil.
func (p Proof) exportable() error {
	switch {
	case p.Everyone.Rows == 0:
		return unprovedf("Coveo counts no row of anybody in this period and these tables, so there is nothing to prove the filter by, and nothing to " +
			"export. Check from, to and tables")
	case p.Limited && p.Person.Rows > p.Limit:
		return unprovedf("the export would have about %d rows, and Coveo puts at most %d into one. The rest would be cut off without a word. Make several "+
			"exports of shorter periods, or of fewer tables each", p.Person.Rows, p.Limit)
	}
	return nil
}
