// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection

// MentionKind is what a text in a bundle stands for.
type MentionKind string

// The kinds of mentions.
const (
	// MentionEndpoint is an address that records, or a host that does.
	MentionEndpoint MentionKind = "endpoint"
	// MentionLibrary is a mark of a library that can record.
	MentionLibrary MentionKind = "library"
	// MentionSwitch is an option that masks or stops it, or the opposite.
	MentionSwitch MentionKind = "switch"
)

// needle is a text that is looked for, and what it is reported as.
type needle struct {
	text, what string
	kind       MentionKind
}

// MentionTexts are the texts that bundles are searched for.
func MentionTexts() []string {
	all := needles()
	texts := make([]string, 0, len(all))
	for _, n := range all {
		texts = append(texts, n.text)
	}
	return texts
}

// needles are all texts that are looked for. Where one is part of another, both are reported.
func needles() []needle {
	var all []needle
	add := func(kind MentionKind, what string, texts ...string) {
		for _, text := range texts {
			all = append(all, needle{text, what, kind})
		}
	}
	for _, text := range []string{
		"/v15/analytics", "/v14/analytics", "/events/v1", "/rest/search/v2", "/rest/search/v3", "/commerce/v2", "/rest/ua",
		"analytics.cloud.coveo.com", "analyticshipaa.cloud.coveo.com", "usageanalytics.coveo.com", ".analytics.org.coveo.com", ".analytics.orghipaa.coveo.com",
	} {
		add(MentionEndpoint, text, text)
	}
	// Minifiers and bundlers write the regional hosts and the organization's from parts.
	add(MentionEndpoint, ".analytics.org", ".analytics.org", ".analytics${", ".analytics.\"")
	for _, text := range []string{
		"@coveo/headless", "@coveo/atomic", "@coveo/relay", "coveo.analytics", "coveo-search-ui", "atomic-search-interface", "CoveoAnalytics", "coveoua",
		"coveo_visitorId", "__coveo.analytics.history",
	} {
		add(MentionLibrary, text, text)
	}
	yes := func(name string) []string { return []string{name + ":!0", name + ":true", name + ": true"} }
	no := func(name string) []string { return []string{name + ":!1", name + ":false", name + ": false"} }
	is := func(name, value string) []string {
		return []string{
			name + `:"` + value + `"`, name + `: "` + value + `"`, name + `:'` + value + `'`, name + `: '` + value + `'`,
			name + `:\"` + value + `\"`, name + `: \"` + value + `\"`,
		}
	}
	attribute := func(name, value string) []string {
		return []string{name + `="` + value + `"`, name + `='` + value + `'`, name + `=\"` + value + `\"`}
	}
	add(MentionSwitch, "anonymous: true", yes("anonymous")...)
	add(MentionSwitch, "anonymous: false", no("anonymous")...)
	add(MentionSwitch, "enableAnalytics: false", no("enableAnalytics")...)
	add(MentionSwitch, "analyticsMode: legacy", is("analyticsMode", "legacy")...)
	add(MentionSwitch, "analyticsMode: next", is("analyticsMode", "next")...)
	add(MentionSwitch, "mode: disabled", is("mode", "disabled")...)
	add(MentionSwitch, `analytics="false"`, attribute("analytics", "false")...)
	add(MentionSwitch, `data-anonymous="true"`, attribute("data-anonymous", "true")...)
	add(MentionSwitch, "capture: true", yes("capture")...)
	add(MentionSwitch, "capture: false", no("capture")...)
	for _, text := range []string{"disableAnalytics", "enableAnalytics(", "getIsAnonymous", "anonymizeIp", "userDisplayName", "doNotTrack", "globalPrivacyControl"} {
		add(MentionSwitch, text, text)
	}
	return all
}
