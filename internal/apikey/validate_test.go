// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestAccAPIKey_refusedConfigurations(t *testing.T) {
	name, duty := `display_name = "dsr"`, `duties = ["overview"]`
	erasing := `privileges = [{ owner = "USAGE_ANALYTICS", target_domain = "DELETE_USER_ANALYTICS_DATA" }]`
	cases := map[string]struct {
		arguments []string
		attribute string // as the protocol prints it
		words     []string
	}{
		"neither duties nor privileges": {[]string{name}, `AttributeName("duties")`, []string{"None of duties, privileges and template_id"}},
		"both duties and privileges":    {[]string{name, `unrestricted_erasure = true`, duty, erasing}, `AttributeName("privileges")`, []string{"Both duties and privileges"}},
		"a duty and a template":         {[]string{name, duty, `template_id = "AnonymousSearch"`}, `AttributeName("template_id")`, []string{"Both duties and template_id"}},
		"no template":                   {[]string{name, `template_id = ""`}, `AttributeName("template_id")`, []string{"at least 1"}},
		"no recipient":                  {[]string{name, duty, `value_recipients = []`}, `AttributeName("value_recipients")`, []string{"at least 1"}},
		"bad recipient":                 {[]string{name, duty, `value_recipients = ["alice"]`}, `AttributeName("value_recipients")`, []string{"Recipient cannot be used", "age-keygen"}},
		"private key":                   {[]string{name, duty, `value_recipients = ["AGE-SECRET-KEY-1QQQ"]`}, ``, []string{"Private key among value_recipients", "consider this one compromised"}},
		"bad window":                    {[]string{name, duty, `renew_before = "14d"`}, `AttributeName("renew_before")`, []string{`"14d" cannot be used as a window before the end`}},
		"window of a lifetime":          {[]string{name, duty, `lifetime = "P30D"`, `renew_before = "P30D"`}, `AttributeName("renew_before")`, []string{"replaced by every run", "shorter than lifetime"}},
		"editor without an ID":          {[]string{name, duty, `groups_that_can_edit = [""]`}, `AttributeName("groups_that_can_edit")`, []string{"at least 1"}},
		"nobody pinned":                 {[]string{name, duty, `additional_configuration = { analytics = { event = { user_id = "" } } }`}, `AttributeName("user_id")`, []string{"at least 1"}},
		"no duty":                       {[]string{name, `duties = []`}, `AttributeName("duties")`, []string{"at least 1"}},
		"no privilege":                  {[]string{name, `privileges = []`}, `AttributeName("privileges")`, []string{"at least 1"}},
		"unknown duty":                  {[]string{name, `duties = ["erase"]`}, `AttributeName("duties")`, []string{`"overview"`, `"export"`, `"erasure"`}},
		"unknown privilege type": {
			[]string{name, `privileges = [{ owner = "USAGE_ANALYTICS", target_domain = "EXPORTS", type = "WRITE" }]`},
			`AttributeName("type")`, []string{`"VIEW"`, `"EDIT"`, `"CREATE"`, `"ENABLE"`, `"WRITE"`},
		},
		"no owner":             {[]string{name, `privileges = [{ owner = "", target_domain = "EXPORTS" }]`}, `AttributeName("owner")`, []string{"at least 1"}},
		"long name":            {[]string{`display_name = "` + strings.Repeat("é", 126) + `"`, duty}, `AttributeName("display_name")`, []string{"125", "126"}},
		"no name":              {[]string{`display_name = ""`, duty}, `AttributeName("display_name")`, []string{"125"}},
		"long description":     {[]string{name, duty, `description = "` + strings.Repeat("x", 1001) + `"`}, `AttributeName("description")`, []string{"1000"}},
		"malformed IP":         {[]string{name, duty, `allowed_ips = ["203.0.113"]`}, `AttributeName("allowed_ips")`, []string{"neither an IP address nor a CIDR range", "203.0.113.7"}},
		"IP with zone":         {[]string{name, duty, `denied_ips = ["fe80::1%eth0"]`}, `AttributeName("denied_ips")`, []string{"neither an IP address"}},
		"IP with leading zero": {[]string{name, duty, `denied_ips = ["203.0.113.007"]`}, `AttributeName("denied_ips")`, []string{"neither an IP address"}},
		"malformed CIDR":       {[]string{name, duty, `denied_ips = ["203.0.113.0/33"]`}, `AttributeName("denied_ips")`, []string{"no CIDR range", "203.0.113.0/24"}},
		"host bits":            {[]string{name, duty, `allowed_ips = ["203.0.113.7/24"]`}, `AttributeName("allowed_ips")`, []string{"Write 203.0.113.0/24 for the range, or 203.0.113.7 for the one address"}},
		"host bits of IPv6":    {[]string{name, duty, `allowed_ips = ["2001:db8::7/48"]`}, `AttributeName("allowed_ips")`, []string{"Write 2001:db8::/48 for the range"}},
		"bad duration":         {[]string{name, duty, `lifetime = "90d"`}, `AttributeName("lifetime")`, []string{`"90d" cannot be used as a lifetime`, "P90D"}},
		"no duration":          {[]string{name, duty, `lifetime = "P0D"`}, `AttributeName("lifetime")`, []string{"lasts no time", "P1D"}},
		"bad timeout":          {[]string{name, duty, `timeouts = { create = "soon" }`}, `AttributeName("timeouts").AttributeName("create")`, nil},
		"erasure from anywhere": {
			[]string{name, `duties = ["erasure"]`, `lifetime = "P1D"`}, `AttributeName("allowed_ips")`,
			[]string{"can be used from anywhere", "Set allowed_ips", "unrestricted_erasure = true"},
		},
		"erasure from an empty list": {[]string{name, `duties = ["erasure"]`, `allowed_ips = []`, `lifetime = "P1D"`}, `AttributeName("allowed_ips")`, []string{"from anywhere"}},
		"erasure from every address": {[]string{name, `duties = ["erasure"]`, `allowed_ips = ["::/0"]`, `lifetime = "P1D"`}, `AttributeName("allowed_ips")`, []string{"::/0 holds every address"}},
		"erasure without end":        {[]string{name, `duties = ["erasure"]`, `allowed_ips = ["203.0.113.7"]`}, `AttributeName("lifetime")`, []string{"has no end", "Set lifetime", "P90D"}},
		"erasure in other words":     {[]string{name, erasing, `lifetime = "P1D"`}, `AttributeName("allowed_ips")`, []string{"from anywhere"}},
		"erasure spelled ENABLE": {
			[]string{name, strings.Replace(erasing, " }", `, type = "ENABLE", target_id = "x" }`, 1), `allowed_ips = ["203.0.113.7"]`},
			`AttributeName("lifetime")`, []string{"has no end"},
		},
		"erasure in lower case": {[]string{name, strings.ToLower(erasing), `lifetime = "P1D"`}, `AttributeName("allowed_ips")`, []string{"from anywhere"}},
		"erasure, unrestricted is false": {
			[]string{name, `duties = ["erasure"]`, `unrestricted_erasure = false`, `allowed_ips = ["203.0.113.7"]`}, `AttributeName("lifetime")`, []string{"has no end"},
		},
	}
	// One configuration holds them all, each with its title among the triggers: a command line takes a second to start.
	w := newWorld(t, simulator.Options{})
	var config strings.Builder
	config.WriteString(acctest.ProviderConfig(w.Server))
	for n, title := range slices.Sorted(maps.Keys(cases)) {
		mark := fmt.Sprintf("rotation_triggers = { case = %q }", marked(title))
		config.WriteString(keyNamed(fmt.Sprintf("case_%d", n), append(cases[title].arguments, mark)...))
	}
	w.run(resource.TestStep{Config: config.String(), PlanOnly: true, ExpectError: wrapped("Error:")})
	for title, tc := range cases {
		if err := w.heard.about(marked(title)).find(tfprotov6.DiagnosticSeverityError, append(tc.words, tc.attribute)...); err != nil {
			t.Errorf("%s: %v", title, err)
		}
	}
	if n := w.TotalCalls(); n != 0 {
		t.Errorf("%d calls", n)
	}
}

// marked is a title that no other one is a part of.
func marked(title string) string { return "<" + title + ">" }

func TestAccAPIKey_unrestrictedErasure(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(resource.TestStep{
		Config:           w.key(`display_name = "dsr"`, `duties = ["erasure"]`, `unrestricted_erasure = true`),
		ConfigPlanChecks: does(plancheck.ResourceActionCreate),
	})
}

// What is unknown at validate and at plan is checked before anything is sent.
func TestAccAPIKey_unknownIsCheckedBeforeTheCall(t *testing.T) {
	for title, tc := range map[string]struct {
		input, arguments, words string
	}{
		"addresses":  {`[]`, `duties = ["erasure"]` + "\n" + `lifetime = "P1D"` + "\n" + `allowed_ips = terraform_data.later.output`, "can be used from anywhere"},
		"lifetime":   {`"soon"`, `duties = ["overview"]` + "\n" + `lifetime = terraform_data.later.output`, "cannot be used as a lifetime"},
		"exception":  {`false`, `duties = ["erasure"]` + "\n" + `unrestricted_erasure = terraform_data.later.output`, "has no end"},
		"duties":     {`["erasure"]`, `duties = terraform_data.later.output`, "has no end"},
		"privileges": {`"DELETE_USER_ANALYTICS_DATA"`, `privileges = [{ owner = "USAGE_ANALYTICS", target_domain = terraform_data.later.output }]`, "has no end"},
	} {
		t.Run(title, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			config := fmt.Sprintf("resource \"terraform_data\" \"later\" {\n  input = %s\n}\n", tc.input) + w.key(`display_name = "dsr"`, tc.arguments)
			w.run(
				resource.TestStep{Config: config, PlanOnly: true, ExpectNonEmptyPlan: true},
				resource.TestStep{Config: config, ExpectError: wrapped(tc.words)},
			)
			if n := w.TotalCalls(); n != 0 {
				t.Errorf("%d calls", n)
			}
		})
	}
}

// And where it turns out well, the key is made.
func TestAccAPIKey_unknownThatTurnsOutWell(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	config := "resource \"terraform_data\" \"later\" {\n  input = [\"203.0.113.7\"]\n}\n" +
		w.key(`display_name = "dsr"`, `duties = ["erasure"]`, `lifetime = "P1D"`, `allowed_ips = terraform_data.later.output`)
	w.run(resource.TestStep{Config: config, ConfigPlanChecks: does(plancheck.ResourceActionCreate)})
}
