// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

// The comparison of what is configured, what was asked for and what Coveo shows, where states of other origins meet it:
// nothing that is missing in one of them replaces a key.
func TestDecidePrivileges(t *testing.T) {
	overview, erasure := privilege.Of(privilege.Overview), privilege.Of(privilege.Erasure)
	none := types.SetNull(privilegeset.Type())
	for name, tc := range map[string]struct {
		before    []string // duties in state, nil for null
		after     []string
		requested []privilege.Privilege
		shown     types.Set
		value     string
		replace   string
		warning   string
	}{
		"nothing in state, equal to what is shown":     {nil, []string{"overview"}, nil, privilegeset.Of(overview), "", "[]", ""},
		"nothing in state, other than what is shown":   {nil, []string{"erasure"}, nil, privilegeset.Of(overview), "", "[duties]", "Imported key is to be replaced"},
		"no record, equal to what is shown":            {[]string{"overview"}, []string{"overview"}, nil, privilegeset.Of(overview), "v", "[]", ""},
		"no record, other than what is shown":          {[]string{"overview"}, []string{"overview"}, nil, privilegeset.Of(erasure), "v", "[effective_privileges]", "other privileges than asked for"},
		"nothing shown":                                {[]string{"overview"}, []string{"overview"}, overview, none, "v", "[]", ""},
		"nothing shown, another duty":                  {[]string{"overview"}, []string{"erasure"}, overview, none, "v", "[duties]", ""},
		"another duty":                                 {[]string{"overview"}, []string{"erasure"}, overview, privilegeset.Of(overview), "v", "[duties]", ""},
		"another duty of an imported key":              {[]string{"overview"}, []string{"erasure"}, overview, privilegeset.Of(overview), "", "[duties]", "Imported key is to be replaced"},
		"the duty was expanded otherwise":              {[]string{"overview"}, []string{"overview"}, erasure, privilegeset.Of(erasure), "v", "[]", "now mean other privileges"},
		"expanded otherwise, and shown as it is today": {[]string{"overview"}, []string{"overview"}, erasure, privilegeset.Of(overview), "v", "[]", "now mean other privileges"},
		"expanded otherwise, and shown as neither":     {[]string{"overview"}, []string{"overview"}, erasure, privilegeset.Of(privilege.Of(privilege.Export)), "v", "[effective_privileges]", "other privileges than asked for"},
	} {
		t.Run(name, func(t *testing.T) {
			state := &resourceModel{
				DisplayName: types.StringValue("name"), Duties: textSet(tc.before), Privileges: none, TemplateID: types.StringNull(),
				EffectivePrivileges: tc.shown, Value: text(tc.value),
			}
			plan := *state
			plan.Duties = textSet(tc.after)
			config := plan
			d := &decision{
				service: NewService(nil, coveo.SystemClock{}), config: &config, plan: &plan, state: state, record: record{Requested: tc.requested},
			}
			d.decidePrivileges()
			if got := fmt.Sprint(d.replace); got != tc.replace {
				t.Errorf("replaces because of %s, want %s", got, tc.replace)
			}
			var summaries []string
			for _, w := range d.diags {
				summaries = append(summaries, w.Summary())
			}
			if got := strings.Join(summaries, "\n"); tc.warning == "" && got != "" || !strings.Contains(got, tc.warning) {
				t.Errorf("warns %q, want %q", got, tc.warning)
			}
		})
	}
}
