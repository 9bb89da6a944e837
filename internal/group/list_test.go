// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/provider"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// found is what a list gives, over the protocol.
func (w *world) found(include bool, limit int64, filters map[string]any) []tfprotov6.ListResourceResult {
	w.t.Helper()
	server := w.inProcess()
	described, err := server.GetProviderSchema(w.t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		w.t.Fatal(err)
	}
	config := dynamic(w.t, described.ListResourceSchemas["coveo_group"].ValueType().(tftypes.Object), filters)
	lister := server.(tfprotov6.ListResourceServer)
	valid, err := lister.ValidateListResourceConfig(w.t.Context(), &tfprotov6.ValidateListResourceConfigRequest{TypeName: "coveo_group", Config: config})
	if err != nil || len(valid.Diagnostics) > 0 {
		w.t.Fatalf("%v, diagnostics: %+v", err, valid.Diagnostics)
	}
	stream, err := lister.ListResource(w.t.Context(), &tfprotov6.ListResourceRequest{
		TypeName: "coveo_group", Config: config, IncludeResource: include, Limit: limit,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	var results []tfprotov6.ListResourceResult
	for result := range stream.Results {
		results = append(results, result)
	}
	return results
}

func names(results []tfprotov6.ListResourceResult) string {
	var out []string
	for _, result := range results {
		out = append(out, result.DisplayName)
	}
	return strings.Join(out, ", ")
}

func TestListOfGroups(t *testing.T) {
	for name, lean := range map[string]bool{"whole list": false, "lean list": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{Readings: simulator.Readings{LeanGroupList: lean}})
			group := w.existing()
			if got := names(w.found(false, 100, nil)); got != "Administrators, MCP Search Users, Users, by hand" {
				t.Errorf("found %s", got)
			}
			if n := w.Calls(simulator.GetGroup); n != 0 {
				t.Errorf("%d single reads for names", n)
			}
			if got := names(w.found(false, 2, nil)); got != "Administrators, MCP Search Users" {
				t.Errorf("found %s within the limit", got)
			}
			results := w.found(true, 100, map[string]any{
				"display_name_prefix": "By", "duties": []tftypes.Value{tftypes.NewValue(tftypes.String, "overview")},
			})
			if len(results) != 1 || results[0].DisplayName != "by hand" || len(results[0].Diagnostics) > 0 {
				t.Fatalf("found %+v", results)
			}
			identity, err := results[0].Identity.IdentityData.Unmarshal(identityType())
			if err != nil {
				t.Fatal(err)
			}
			want := tftypes.NewValue(identityType(), map[string]tftypes.Value{
				"organization_id": tftypes.NewValue(tftypes.String, w.ID()), "id": tftypes.NewValue(tftypes.String, group.ID),
			})
			if !identity.Equal(want) {
				t.Errorf("identity %s", identity)
			}
			// The resource is what an import would bring.
			server := w.inProcess()
			imported, err := server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: "coveo_group", ID: group.ID})
			if err != nil {
				t.Fatal(err)
			}
			read, err := server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
				TypeName: "coveo_group", CurrentState: imported.ImportedResources[0].State, Private: imported.ImportedResources[0].Private,
			})
			if err != nil {
				t.Fatal(err)
			}
			described, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
			if err != nil {
				t.Fatal(err)
			}
			object := described.ResourceSchemas["coveo_group"].ValueType()
			listed, err := results[0].Resource.Unmarshal(object)
			if err != nil {
				t.Fatal(err)
			}
			state, err := read.NewState.Unmarshal(object)
			if err != nil {
				t.Fatal(err)
			}
			if !listed.Equal(state) {
				t.Errorf("the list holds\n%s\nand an import\n%s", listed, state)
			}
		})
	}
}

func TestListOfGroups_refused(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.Inject(simulator.Fault{Operation: simulator.ListGroups, Status: 403})
	results := w.found(false, 100, nil)
	if len(results) != 1 || len(results[0].Diagnostics) != 1 || !strings.Contains(results[0].Diagnostics[0].Detail, "Organization – Groups: View") {
		t.Errorf("found %+v", results)
	}
}

func TestAccGroup_query(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	group := w.existing()
	resource.UnitTest(t, resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
		// Whoever overhears a provider hides that it lists.
		ProtoV6ProviderFactories: acctest.Factories(provider.WithClock(w.clock)),
		Steps: []resource.TestStep{{
			Query: true,
			Config: acctest.ProviderConfig(w.Server) + `
				list "coveo_group" "dsr" {
				  provider = coveo
				  config {
				    display_name_prefix = "by"
				  }
				}
			`,
			QueryResultChecks: []querycheck.QueryResultCheck{
				querycheck.ExpectIdentity("coveo_group.dsr", map[string]knownvalue.Check{
					"organization_id": knownvalue.StringExact(w.ID()), "id": knownvalue.StringExact(group.ID),
				}),
				querycheck.ExpectLength("coveo_group.dsr", 1),
			},
		}},
	})
}

// What the kinds of this thing say of a group has one name and one type, and they choose groups by the same filters.
func TestGroupsTwinsAgree(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	described, err := w.inProcess().GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	attributes := func(schema *tfprotov6.Schema) map[string]*tfprotov6.SchemaAttribute {
		out := map[string]*tfprotov6.SchemaAttribute{}
		for _, attribute := range schema.Block.Attributes {
			out[attribute.Name] = attribute
		}
		return out
	}
	managed, data := attributes(described.ResourceSchemas["coveo_group"]), attributes(described.DataSourceSchemas["coveo_groups"])
	counted := 0
	for _, attribute := range data["groups"].NestedType.Attributes {
		twin := managed[attribute.Name]
		switch {
		case twin == nil && (attribute.Name == "member_count" || attribute.Name == "invite_count" || attribute.Name == "may_erase"):
		case twin == nil:
			t.Errorf("coveo_groups says %s of a group, and coveo_group does not", attribute.Name)
		case fmt.Sprint(typeOf(twin)) != fmt.Sprint(typeOf(attribute)):
			t.Errorf("%s is %s in coveo_group and %s in coveo_groups", attribute.Name, typeOf(twin), typeOf(attribute))
		default:
			counted++
		}
	}
	if counted < 9 {
		t.Errorf("only %d attributes have been compared", counted)
	}
	filters := attributes(described.ListResourceSchemas["coveo_group"])
	for name, filter := range filters {
		twin := data[name]
		if twin == nil || twin.Description != filter.Description {
			t.Errorf("the filter %s of the list is not that of coveo_groups", name)
		}
	}
	for name := range data {
		if name != "groups" && name != "with_people" && name != "timeouts" && filters[name] == nil {
			t.Errorf("the filter %s of coveo_groups is not in the list", name)
		}
	}
}

func typeOf(attribute *tfprotov6.SchemaAttribute) tftypes.Type {
	if attribute.NestedType != nil {
		return attribute.NestedType.ValueType()
	}
	return attribute.Type
}
