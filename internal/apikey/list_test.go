// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck/queryfilter"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// list asks for keys as a query does, and stops reading after so many.
func (p *protocol) list(arguments map[string]tftypes.Value, include bool, limit int64, read int) []tfprotov6.ListResourceResult {
	p.t.Helper()
	server := p.ProviderServer.(tfprotov6.ListResourceServer)
	config := p.config(p.described.ListResourceSchemas[apiKey], arguments)
	validated, err := server.ValidateListResourceConfig(p.t.Context(), &tfprotov6.ValidateListResourceConfigRequest{TypeName: apiKey, Config: config})
	if err != nil || len(validated.Diagnostics) != 0 {
		p.t.Fatalf("%v, %s", err, inWords(validated.Diagnostics))
	}
	stream, err := server.ListResource(p.t.Context(), &tfprotov6.ListResourceRequest{TypeName: apiKey, Config: config, IncludeResource: include, Limit: limit})
	if err != nil {
		p.t.Fatal(err)
	}
	var results []tfprotov6.ListResourceResult
	for result := range stream.Results {
		if results = append(results, result); len(results) == read {
			break
		}
	}
	return results
}

const everything = 1 << 20

// assorted are keys of several kinds, two of them with one name.
func (w *world) assorted() map[string]simulator.KeyView {
	keys := map[string]simulator.KeyView{}
	for name, spec := range map[string]simulator.KeySpec{
		"c eraser":   {DisplayName: "dsr eraser", Lifetime: "P90D", AllowedIPs: []string{"203.0.113.0/24"}, Privileges: []simulator.Privilege{simulator.OverviewPrivilege(), simulator.ErasurePrivilege()}},
		"b overview": {DisplayName: "dsr", Privileges: []simulator.Privilege{simulator.OverviewPrivilege()}},
		"a logger":   {DisplayName: "logger", Privileges: []simulator.Privilege{simulator.LoggingPrivilege()}},
		"d off":      {DisplayName: "dsr", Disabled: true, Privileges: []simulator.Privilege{simulator.OverviewPrivilege()}},
		"e narrow": {DisplayName: "narrow", Privileges: []simulator.Privilege{
			{Owner: "USAGE_ANALYTICS", TargetDomain: "EXPORTS", Type: "VIEW", TargetID: "x"},
		}},
	} {
		keys[name] = w.AddKey(spec)
	}
	return keys
}

func privilegeList(t *testing.T, p *protocol, fields ...[4]string) tftypes.Value {
	t.Helper()
	kind := p.described.ListResourceSchemas[apiKey].ValueType().(tftypes.Object).AttributeTypes["privileges"].(tftypes.List)
	var elements []tftypes.Value
	for _, f := range fields {
		text := func(value string) tftypes.Value {
			if value == "" {
				return tftypes.NewValue(tftypes.String, nil)
			}
			return str(value)
		}
		elements = append(elements, tftypes.NewValue(kind.ElementType, map[string]tftypes.Value{
			"owner": text(f[0]), "target_domain": text(f[1]), "type": text(f[2]), "target_id": text(f[3]),
		}))
	}
	return tftypes.NewValue(kind, elements)
}

func TestList_filters(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	keys := w.assorted()
	p := w.speak()
	for name, tc := range map[string]struct {
		arguments map[string]tftypes.Value
		want      []string
	}{
		"all":            {nil, []string{"b overview", "d off", "c eraser", "a logger", "e narrow"}},
		"prefix":         {map[string]tftypes.Value{"display_name_prefix": str("dsr")}, []string{"b overview", "d off", "c eraser"}},
		"longer prefix":  {map[string]tftypes.Value{"display_name_prefix": str("dsr ")}, []string{"c eraser"}},
		"other case":     {map[string]tftypes.Value{"display_name_prefix": str("DSR")}, nil},
		"status":         {map[string]tftypes.Value{"statuses": listOf("DISABLED")}, []string{"d off"}},
		"statuses":       {map[string]tftypes.Value{"statuses": listOf("DISABLED", "NONE_OF_THIS")}, []string{"d off"}},
		"no such status": {map[string]tftypes.Value{"statuses": listOf("NONE_OF_THIS")}, nil},
		"duty":           {map[string]tftypes.Value{"duties": listOf("overview")}, []string{"b overview", "d off", "c eraser"}},
		"duties":         {map[string]tftypes.Value{"duties": listOf("overview", "erasure")}, []string{"c eraser"}},
		"all together":   {map[string]tftypes.Value{"duties": listOf("overview"), "statuses": listOf("ENABLED"), "display_name_prefix": str("dsr")}, []string{"b overview", "c eraser"}},
		"privilege": {map[string]tftypes.Value{"privileges": privilegeList(t, p, [4]string{"USAGE_ANALYTICS", "DELETE_USER_ANALYTICS_DATA", "ENABLE", ""})},
			[]string{"c eraser"}},
		"one target of all": {map[string]tftypes.Value{"privileges": privilegeList(t, p, [4]string{"USAGE_ANALYTICS", "ANALYTICS_DATA", "EDIT", "y"})}, []string{"a logger"}},
		"that target":       {map[string]tftypes.Value{"privileges": privilegeList(t, p, [4]string{"USAGE_ANALYTICS", "EXPORTS", "VIEW", "x"})}, []string{"e narrow"}},
		"all targets":       {map[string]tftypes.Value{"privileges": privilegeList(t, p, [4]string{"USAGE_ANALYTICS", "EXPORTS", "VIEW", ""})}, nil},
	} {
		var got, want []string
		for _, result := range p.list(tc.arguments, false, everything, everything) {
			if len(result.Diagnostics) != 0 || result.Resource != nil && include(p, result) != nil {
				t.Errorf("%s: %s", name, inWords(result.Diagnostics))
			}
			organization, id := identified(t, result)
			if organization != w.ID() {
				t.Errorf("%s: the organization is %s", name, organization)
			}
			got = append(got, result.DisplayName+"\t"+id)
		}
		for _, key := range tc.want {
			want = append(want, keys[key].DisplayName+"\t"+keys[key].ID)
		}
		slices.Sort(want) // by name, and then by ID
		if !slices.Equal(got, want) {
			t.Errorf("%s: found\n  %s\nwant\n  %s", name, strings.Join(got, ", "), strings.Join(want, ", "))
		}
	}
	if w.Calls(simulator.ListAPIKeys) != 1 || w.TotalCalls() != 1 {
		t.Errorf("calls: %v", w.CallCounts())
	}
}

// include is what a result shows of the resource, nil where it shows none.
func include(p *protocol, result tfprotov6.ListResourceResult) map[string]tftypes.Value {
	p.t.Helper()
	whole, err := result.Resource.Unmarshal(p.described.ResourceSchemas[apiKey].ValueType())
	if err != nil {
		p.t.Fatal(err)
	}
	if whole.IsNull() {
		return nil
	}
	return p.decoded(p.described.ResourceSchemas[apiKey], result.Resource)
}

func identified(t *testing.T, result tfprotov6.ListResourceResult) (organization, id string) {
	t.Helper()
	kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"organization_id": tftypes.String, "id": tftypes.String}}
	identity, err := result.Identity.IdentityData.Unmarshal(kind)
	if err != nil {
		t.Fatal(err)
	}
	var attributes map[string]tftypes.Value
	if err := identity.As(&attributes); err != nil {
		t.Fatal(err)
	}
	return textOf(t, attributes["organization_id"]), textOf(t, attributes["id"])
}

// What a result includes is what an import of the same key brings.
func TestList_includesWhatAnImportBrings(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.assorted()
	p := w.speak()
	results := p.list(nil, true, everything, everything)
	if len(results) != 5 {
		t.Fatalf("%d results", len(results))
	}
	for _, result := range results {
		if len(result.Diagnostics) != 0 {
			t.Error(inWords(result.Diagnostics))
		}
		_, id := identified(t, result)
		imported, err := p.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: apiKey, ID: id})
		if err != nil || len(imported.ImportedResources) != 1 {
			t.Fatal(err, inWords(imported.Diagnostics))
		}
		read, err := p.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
			TypeName: apiKey, CurrentState: imported.ImportedResources[0].State, Private: imported.ImportedResources[0].Private,
		})
		if err != nil || failed(read.Diagnostics) {
			t.Fatal(err, inWords(read.Diagnostics))
		}
		got, want := include(p, result), p.decoded(p.described.ResourceSchemas[apiKey], read.NewState)
		for name := range want {
			if !got[name].Equal(want[name]) {
				t.Errorf("%s: %s is %s, and an import brings %s", result.DisplayName, name, got[name], want[name])
			}
		}
		if !got["value"].IsNull() || got["display_name"].IsNull() || got["effective_privileges"].IsNull() {
			t.Errorf("%s: %v", result.DisplayName, got)
		}
	}
}

func TestList_limit(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.assorted()
	p := w.speak()
	for _, tc := range []struct {
		limit int64
		read  int
		want  int
	}{{3, everything, 3}, {1, everything, 1}, {5, everything, 5}, {6, everything, 5}, {100, 2, 2}} {
		if got := p.list(nil, false, tc.limit, tc.read); len(got) != tc.want {
			t.Errorf("limit %d, reading %d: %d results, want %d", tc.limit, tc.read, len(got), tc.want)
		}
	}
}

func TestList_problems(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.assorted()
	w.Inject(simulator.Fault{Operation: simulator.ListAPIKeys, Status: 403})
	results := w.speak().list(nil, false, everything, everything)
	if len(results) != 1 || said(results[0].Diagnostics, tfprotov6.DiagnosticSeverityError, "API keys cannot be listed", "Organization – API keys: View") != nil {
		t.Errorf("%+v", results)
	}
	results = w.speakWith(unknown(tftypes.String)).list(nil, false, everything, everything)
	if len(results) != 1 || said(results[0].Diagnostics, tfprotov6.DiagnosticSeverityError, "API keys cannot be listed", "does not exist yet") != nil {
		t.Errorf("%+v", results)
	}
}

func TestAccList_query(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	keys := w.assorted()
	w.runNewer(
		resource.TestStep{Config: acctest.ProviderConfig(w.Server)},
		resource.TestStep{
			Query: true,
			Config: `
list "coveo_api_key" "dsr" {
  provider         = coveo
  include_resource = true
  config {
    display_name_prefix = "dsr"
    statuses            = ["ENABLED"]
  }
}
`,
			QueryResultChecks: []querycheck.QueryResultCheck{
				querycheck.ExpectLength("coveo_api_key.dsr", 2),
				querycheck.ExpectIdentity("coveo_api_key.dsr", map[string]knownvalue.Check{
					"organization_id": knownvalue.StringExact(w.ID()), "id": knownvalue.StringExact(keys["c eraser"].ID),
				}),
				querycheck.ExpectResourceKnownValues("coveo_api_key.dsr", queryfilter.ByDisplayName(knownvalue.StringExact("dsr eraser")), []querycheck.KnownValueCheck{
					{Path: tfjsonpath.New("value"), KnownValue: knownvalue.Null()},
					{Path: tfjsonpath.New("duties"), KnownValue: strs("overview", "erasure")},
					{Path: tfjsonpath.New("expiration_date"), KnownValue: knownvalue.StringExact(began.Add(90 * 24 * time.Hour).Format(time.RFC3339))},
				}),
			},
		},
	)
}
