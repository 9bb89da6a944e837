// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package privilege

import "strings"

// consoleNames are the words of Coveo's administration console for the privileges that this provider can ask for.
func consoleName(owner, domain string) string {
	switch owner + "/" + domain {
	case "USAGE_ANALYTICS/ADMINISTRATE":
		return "Analytics – Administrate"
	case "USAGE_ANALYTICS/DELETE_USER_ANALYTICS_DATA":
		return "Analytics – Delete user data"
	case "USAGE_ANALYTICS/EXPORTS":
		return "Analytics – Data exports"
	case "PLATFORM/API_KEY":
		return "Organization – API keys"
	case "PLATFORM/GROUP":
		return "Organization – Groups"
	case "PLATFORM/ORGANIZATION":
		return "Organization – Organization"
	}
	return ""
}

// ConsoleName is what Coveo's administration console calls a privilege, as "Analytics – Delete user data: Allowed". A
// privilege that the console's documentation does not name is spelled out.
func ConsoleName(p Privilege) string {
	p = Canonical(p)
	name := consoleName(p.Owner, p.TargetDomain)
	if name == "" {
		return String(p)
	}
	if p.Type == "" {
		return name + ": Allowed"
	}
	return name + ": " + p.Type[:1] + strings.ToLower(p.Type[1:])
}

// String spells a privilege out, as USAGE_ANALYTICS/EXPORTS VIEW *.
func String(p Privilege) string {
	p = Canonical(p)
	parts := []string{p.Owner + "/" + p.TargetDomain}
	if p.Type != "" {
		parts = append(parts, p.Type)
	}
	return strings.Join(append(parts, p.TargetID), " ")
}

// Strings spells a set out.
func Strings(set []Privilege) string {
	var out []string
	for _, p := range CanonicalSet(set) {
		out = append(out, String(p))
	}
	return strings.Join(out, ", ")
}
