// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package privilege holds what a Coveo privilege is, which ones a Data Subject Request takes, and how two sets compare.
package privilege

import (
	"slices"
	"strings"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// Privilege is one right on one domain.
type Privilege = coveo.Privilege

// enable is how some answers spell the type of a domain that has none.
const enable = "ENABLE"

// Types lists the types that a privilege can have. Owners and domains are an open set that only the organization knows.
func Types() []string { return []string{"VIEW", "EDIT", "CREATE", enable} }

// Canonical is the form that equal privileges share: a missing, null, empty or ENABLE type are one.
func Canonical(p Privilege) Privilege {
	if p.Type == enable {
		p.Type = ""
	}
	return p
}

// CanonicalSet is a set's canonical form: sorted, and each privilege once.
func CanonicalSet(set []Privilege) []Privilege {
	out := make([]Privilege, 0, len(set))
	for _, p := range set {
		out = append(out, Canonical(p))
	}
	slices.SortFunc(out, compare)
	return slices.Compact(out)
}

// EqualSets compares without regard to order, repetition, and the spellings of an absent type.
func EqualSets(a, b []Privilege) bool {
	return slices.Equal(CanonicalSet(a), CanonicalSet(b))
}

// Difference is what a holds that b does not.
func Difference(a, b []Privilege) []Privilege {
	other := CanonicalSet(b)
	var out []Privilege
	for _, p := range CanonicalSet(a) {
		if !slices.Contains(other, p) {
			out = append(out, p)
		}
	}
	return out
}

// MayErase tells whether a set lets its holder erase a person, however the privilege is spelled.
func MayErase(set []Privilege) bool {
	return slices.ContainsFunc(set, func(p Privilege) bool { return SameDomain(p, coveo.DeleteUserAnalytics()) })
}

func compare(a, b Privilege) int {
	return strings.Compare(
		strings.Join([]string{a.Owner, a.TargetDomain, a.Type, a.TargetID}, "\x00"),
		strings.Join([]string{b.Owner, b.TargetDomain, b.Type, b.TargetID}, "\x00"))
}
