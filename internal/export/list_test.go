// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package export_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/provider"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// served is the provider in process, configured for a world, for what the command line on the path does not know yet.
type served struct {
	tfprotov6.ProviderServer
	t       *testing.T
	schemas *tfprotov6.GetProviderSchemaResponse
}

func (w *world) serve() *served {
	w.t.Helper()
	p, err := acctest.Factories(provider.WithClock(w.clock))["coveo"]()
	if err != nil {
		w.t.Fatal(err)
	}
	s := &served{ProviderServer: p, t: w.t}
	if s.schemas, err = p.GetProviderSchema(w.t.Context(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		w.t.Fatal(err)
	}
	cases := map[string]tftypes.Value{}
	for reference, ids := range w.vault {
		cases[reference] = setValue(ids)
	}
	configured, err := p.ConfigureProvider(w.t.Context(), &tfprotov6.ConfigureProviderRequest{Config: s.object(s.schemas.Provider.ValueType(), map[string]tftypes.Value{
		"organization_id": text(w.ID()), "access_token": text(simulator.AdminToken), "platform_url": text(w.URL),
		"digest_keys": tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{"2026": text(acctest.DigestKey)}),
		"subjects":    tftypes.NewValue(tftypes.Map{ElementType: tftypes.Set{ElementType: tftypes.String}}, cases),
	})})
	if err != nil || len(configured.Diagnostics) > 0 {
		w.t.Fatal(err, configured.Diagnostics)
	}
	return s
}

func text(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

func setValue(texts []string) tftypes.Value {
	elements := []tftypes.Value{}
	for _, s := range texts {
		elements = append(elements, text(s))
	}
	return tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, elements)
}

// object is a value of a kind whose attributes are null but for some.
func (s *served) object(kind tftypes.Type, some map[string]tftypes.Value) *tfprotov6.DynamicValue {
	s.t.Helper()
	of, ok := kind.(tftypes.Object)
	if !ok {
		s.t.Fatalf("%s is no object", kind)
	}
	all := map[string]tftypes.Value{}
	for name, attribute := range of.AttributeTypes {
		all[name] = tftypes.NewValue(attribute, nil)
	}
	maps.Copy(all, some)
	value, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, all))
	if err != nil {
		s.t.Fatal(err)
	}
	return &value
}

// fields opens a value of the protocol.
func (s *served) fields(value *tfprotov6.DynamicValue, kind tftypes.Type) map[string]tftypes.Value {
	s.t.Helper()
	opened, err := value.Unmarshal(kind)
	if err != nil {
		s.t.Fatal(err)
	}
	out := map[string]tftypes.Value{}
	if err := opened.As(&out); err != nil {
		s.t.Fatal(err)
	}
	return out
}

func (s *served) identityType() tftypes.Type {
	s.t.Helper()
	answer, err := s.GetResourceIdentitySchemas(s.t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		s.t.Fatal(err)
	}
	return answer.IdentitySchemas[resourceName].ValueType()
}

const resourceName = "coveo_user_data_export"

func (s *served) list(limit int64, config map[string]tftypes.Value) []tfprotov6.ListResourceResult {
	s.t.Helper()
	lister, ok := s.ProviderServer.(tfprotov6.ProviderServerWithListResource) //nolint:staticcheck // the command line asks the same way
	if !ok {
		s.t.Fatal("the provider lists nothing")
	}
	stream, err := lister.ListResource(s.t.Context(), &tfprotov6.ListResourceRequest{
		TypeName: resourceName, Config: s.object(s.schemas.ListResourceSchemas[resourceName].ValueType(), config), IncludeResource: true, Limit: limit,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	var results []tfprotov6.ListResourceResult
	for result := range stream.Results {
		results = append(results, result)
	}
	return results
}

func TestList_ShowsWhatCanBeImported(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	first := w.AddExport(simulator.ExportSpec{Description: "quality [terraform:abc]", Tables: []string{"SEARCHES"}})
	second := w.AddExport(simulator.ExportSpec{Description: "of " + alice, Filters: []string{"userid=='" + alice + "'"}})
	failed := w.AddExport(simulator.ExportSpec{})
	w.SetExportStatus(failed, "FAILED")
	s := w.serve()
	results := s.list(0, nil)
	if len(results) != 3 {
		t.Fatalf("%d results", len(results))
	}
	seen := map[string]string{}
	for _, result := range results {
		if len(result.Diagnostics) > 0 {
			t.Fatal(result.Diagnostics[0])
		}
		id := s.fields(result.Identity.IdentityData, s.identityType())
		shown := s.fields(result.Resource, s.schemas.ResourceSchemas[resourceName].ValueType())
		seen[fmt.Sprint(id["id"])] = result.DisplayName + fmt.Sprint(shown)
		if !shown["id"].Equal(id["id"]) || !id["organization_id"].Equal(text(w.ID())) || !shown["user_ids"].IsNull() {
			t.Errorf("got %v as %v", id, shown)
		}
	}
	for id, want := range map[string]string{first: "quality (AVAILABLE, 2026-03-02)", second: second + " (AVAILABLE, 2026-03-02)", failed: "(FAILED"} {
		if got := seen[fmt.Sprint(text(id))]; !strings.Contains(got, want) || strings.Contains(got, "alice") || strings.Contains(got, "userid==") {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if n := len(s.list(0, map[string]tftypes.Value{"only_with_file": tftypes.NewValue(tftypes.Bool, true)})); n != 2 {
		t.Errorf("%d with a file", n)
	}
	if n := len(s.list(1, nil)); n != 1 {
		t.Errorf("%d of one", n)
	}
	if n := w.Calls(simulator.ListExports); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestList_SaysWhyNot(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.Inject(simulator.Fault{Operation: simulator.ListExports, Status: 403})
	results := w.serve().list(0, nil)
	if len(results) != 1 || len(results[0].Diagnostics) != 1 || !strings.Contains(results[0].Diagnostics[0].Detail, "Data exports: View") {
		t.Errorf("got %+v", results)
	}
}

// The identity of an export names it and nobody else.
func TestIdentity_ImportsAndReads(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	id := w.AddExport(simulator.ExportSpec{Description: "quality [terraform:abc]", Filters: []string{"userid=='" + alice + "'"}})
	s := w.serve()
	for name, test := range map[string]struct {
		identity map[string]tftypes.Value
		says     string
	}{
		"ID alone":             {map[string]tftypes.Value{"id": text(id)}, ""},
		"with its own":         {map[string]tftypes.Value{"id": text(id), "organization_id": text(w.ID())}, ""},
		"another organization": {map[string]tftypes.Value{"id": text(id), "organization_id": text("other")}, "of another organization"},
		"a person by mistake":  {map[string]tftypes.Value{"id": text(alice)}, "ID cannot be used"},
	} {
		imported, err := s.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{
			TypeName: resourceName, Identity: &tfprotov6.ResourceIdentityData{IdentityData: s.object(s.identityType(), test.identity)},
		})
		if err != nil {
			t.Fatal(err)
		}
		if test.says != "" {
			if len(imported.Diagnostics) != 1 || !strings.Contains(imported.Diagnostics[0].Summary, test.says) || strings.Contains(imported.Diagnostics[0].Detail, "alice") {
				t.Errorf("%s: got %v", name, imported.Diagnostics)
			}
			continue
		}
		one := imported.ImportedResources[0]
		read, err := s.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
			TypeName: resourceName, CurrentState: one.State, CurrentIdentity: one.Identity, Private: one.Private,
		})
		if err != nil || read.NewState == nil {
			t.Fatal(err, read.Diagnostics)
		}
		state := s.fields(read.NewState, s.schemas.ResourceSchemas[resourceName].ValueType())
		if !state["status"].Equal(text("AVAILABLE")) || !state["description"].Equal(text("quality")) || strings.Contains(fmt.Sprint(state), "alice") {
			t.Errorf("%s: got %v", name, state)
		}
		if len(read.Diagnostics) != 1 || !strings.Contains(read.Diagnostics[0].Summary, "Imported export without its people") {
			t.Errorf("%s: got %v", name, read.Diagnostics)
		}
	}
}
