// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

// filter says which keys are looked for. An empty part lets every key pass.
type filter struct {
	statuses []string
	prefix   string
	// holds is what a key has to hold, all of it.
	holds []privilege.Privilege
}

// What the filters mean, in the words of every kind that has them.
const (
	aboutStatuses = "Only keys with one of these statuses, such as `ENABLED`, `SOON_TO_BE_EXPIRED`, `SOON_TO_BE_DISABLED`, `DISABLED`, " +
		"`DISABLED_FOR_INACTIVITY`, `DISABLED_EXPOSED` or `EXPIRED`. Default: keys of any status. Coveo adds others at will, so a status that " +
		"no key has is no error."
	aboutPrefix     = "Only keys whose display name begins with this, in upper and lower case as written. Default: keys of any name."
	aboutDuties     = "Only keys that hold everything which all of these duties take: any of `overview`, `export` and `erasure`. Default: keys with any privileges."
	aboutPrivileges = "Only keys that hold all of these privileges. Those that hold one for every target hold it for each. Default: keys with any privileges."
)

// newFilter reads the parts of a configuration. Lists and sets are one here.
func (s *Service) newFilter(statuses, duties, wanted attr.Value, prefix types.String) (filter, error) {
	f := filter{statuses: textsOf(statuses), prefix: prefix.ValueString()}
	held, err := s.expand(textsOf(duties))
	if err != nil {
		return filter{}, err
	}
	f.holds = held
	if listed, ok := wanted.(interface{ Elements() []attr.Value }); ok {
		f.holds = append(held, privilegeset.Read(listed)...)
	}
	return f, nil
}

// find is the keys that pass, by name and then by ID.
func (s *Service) find(ctx context.Context, f filter) ([]*coveo.APIKey, error) {
	keys, err := s.List(ctx)
	if err != nil {
		return nil, err
	}
	var found []*coveo.APIKey
	for _, key := range keys {
		if f.passes(key) {
			found = append(found, key)
		}
	}
	slices.SortFunc(found, func(a, b *coveo.APIKey) int {
		return cmp.Or(strings.Compare(a.DisplayName, b.DisplayName), strings.Compare(a.ID, b.ID))
	})
	return found, nil
}

func (f filter) passes(key *coveo.APIKey) bool {
	return (len(f.statuses) == 0 || slices.Contains(f.statuses, key.Status)) &&
		strings.HasPrefix(key.DisplayName, f.prefix) &&
		holdsAll(key.Privileges, f.holds)
}

// holdsAll tells whether a set of privileges lets its holder do all that is wanted.
func holdsAll(held, wanted []privilege.Privilege) bool {
	for _, w := range wanted {
		w = privilege.Canonical(w)
		if !slices.ContainsFunc(held, func(h privilege.Privilege) bool {
			h = privilege.Canonical(h)
			target := cmp.Or(h.TargetID, everyTarget)
			return h.Owner == w.Owner && h.TargetDomain == w.TargetDomain && h.Type == w.Type &&
				(target == everyTarget || target == cmp.Or(w.TargetID, everyTarget))
		}) {
			return false
		}
	}
	return true
}

// elementsOf are the elements of a list or a set.
func elementsOf(value attr.Value) []attr.Value {
	if collection, ok := value.(interface{ Elements() []attr.Value }); ok {
		return collection.Elements()
	}
	return nil
}

func textsOf(value attr.Value) []string {
	var out []string
	for _, element := range elementsOf(value) {
		if text, ok := element.(types.String); ok && !text.IsNull() {
			out = append(out, text.ValueString())
		}
	}
	return out
}
