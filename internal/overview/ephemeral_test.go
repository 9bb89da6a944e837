// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package overview_test

import (
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// opened opens the ephemeral resource in process, as the command line does, and returns its result.
func opened(t *testing.T, server *simulator.Server, vault map[string][]string, subject string, userIDs ...string) (map[string]tftypes.Value, []*tfprotov6.Diagnostic) {
	t.Helper()
	p, err := acctest.Factories()["coveo"]()
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := p.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]tftypes.Value{}
	for reference, ids := range vault {
		cases[reference] = setValue(ids)
	}
	configured, err := p.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: object(t, schemas.Provider.ValueType(), map[string]tftypes.Value{
		"organization_id": text(server.ID()), "access_token": text(simulator.AdminToken), "platform_url": text(server.URL),
		"digest_keys": tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{"2026": text(acctest.DigestKey)}),
		"subjects":    tftypes.NewValue(tftypes.Map{ElementType: tftypes.Set{ElementType: tftypes.String}}, cases),
	})})
	if err != nil || len(configured.Diagnostics) > 0 {
		t.Fatal(err, configured.Diagnostics)
	}
	kind := schemas.EphemeralResourceSchemas["coveo_user_overview"].ValueType()
	values := map[string]tftypes.Value{}
	if subject != "" {
		values["subject"] = text(subject)
	}
	if userIDs != nil {
		values["user_ids"] = setValue(userIDs)
	}
	config := object(t, kind, values)
	validated, err := p.ValidateEphemeralResourceConfig(t.Context(), &tfprotov6.ValidateEphemeralResourceConfigRequest{TypeName: "coveo_user_overview", Config: config})
	if err != nil {
		t.Fatal(err)
	}
	if len(validated.Diagnostics) > 0 {
		return nil, validated.Diagnostics
	}
	answer, err := p.OpenEphemeralResource(t.Context(), &tfprotov6.OpenEphemeralResourceRequest{TypeName: "coveo_user_overview", Config: config})
	if err != nil {
		t.Fatal(err)
	}
	result := map[string]tftypes.Value{}
	if answer.Result != nil {
		value, err := answer.Result.Unmarshal(kind)
		if err != nil {
			t.Fatal(err)
		}
		if !value.IsNull() {
			if err := value.As(&result); err != nil {
				t.Fatal(err)
			}
		}
	}
	return result, answer.Diagnostics
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
func object(t *testing.T, kind tftypes.Type, some map[string]tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	of, ok := kind.(tftypes.Object)
	if !ok {
		t.Fatalf("%s is no object", kind)
	}
	all := map[string]tftypes.Value{}
	for name, attribute := range of.AttributeTypes {
		all[name] = tftypes.NewValue(attribute, nil)
	}
	maps.Copy(all, some)
	value, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, all))
	if err != nil {
		t.Fatal(err)
	}
	return &value
}

func TestEphemeral_ShowsWhatTheDataSourceShows(t *testing.T) {
	server := simulator.Start(t, simulator.Options{})
	server.Log("alice-google", simulator.Search, 3)
	result, diags := opened(t, server, map[string][]string{"DSR-1": {"alice-google", "nobody-google"}}, "DSR-1")
	if len(diags) > 0 {
		t.Fatal(diags[0])
	}
	for name, want := range map[string]tftypes.Value{
		"found": tftypes.NewValue(tftypes.Bool, true), "in_vault": tftypes.NewValue(tftypes.Bool, true), "total_events": tftypes.NewValue(tftypes.Number, 3),
		"user_ids": tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, nil),
	} {
		if !result[name].Equal(want) {
			t.Errorf("%s: got %s", name, result[name])
		}
	}
	if n := server.Calls(simulator.UserOverview); n != 2 {
		t.Errorf("%d looks", n)
	}
	result, diags = opened(t, server, nil, "", "alice-google")
	if len(diags) > 0 || !result["total_events"].Equal(tftypes.NewValue(tftypes.Number, 3)) {
		t.Errorf("got %v %v", result["total_events"], diags)
	}
}

func TestEphemeral_ClosedCasesAndRefusals(t *testing.T) {
	server := simulator.Start(t, simulator.Options{})
	result, diags := opened(t, server, map[string][]string{"DSR-1": {"a-google"}}, "DSR-2")
	if len(diags) != 1 || diags[0].Severity != tfprotov6.DiagnosticSeverityWarning || !result["in_vault"].Equal(tftypes.NewValue(tftypes.Bool, false)) {
		t.Errorf("got %v %v", result, diags)
	}
	if _, diags = opened(t, server, nil, ""); len(diags) != 1 || diags[0].Severity != tfprotov6.DiagnosticSeverityError {
		t.Errorf("nobody named: %v", diags)
	}
	server.Inject(simulator.Fault{Operation: simulator.UserOverview, Status: 403})
	if _, diags = opened(t, server, map[string][]string{"DSR-1": {"a-google"}}, "DSR-1"); len(diags) != 1 || diags[0].Severity != tfprotov6.DiagnosticSeverityError {
		t.Errorf("refused: %v", diags)
	}
}

// The two kinds are faces of one thing: nothing but what opening and reading are called may differ.
func TestTwins_HaveOneSchema(t *testing.T) {
	p, err := acctest.Factories()["coveo"]()
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := p.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	ephemeral, data := map[string]*tfprotov6.SchemaAttribute{}, map[string]*tfprotov6.SchemaAttribute{}
	for _, attribute := range schemas.EphemeralResourceSchemas["coveo_user_overview"].Block.Attributes {
		ephemeral[attribute.Name] = attribute
	}
	for _, attribute := range schemas.DataSourceSchemas["coveo_user_overview"].Block.Attributes {
		data[attribute.Name] = attribute
	}
	if len(data) < 8 || len(data) != len(ephemeral) {
		t.Fatalf("%d and %d attributes", len(data), len(ephemeral))
	}
	for name, one := range data {
		other := ephemeral[name]
		if other == nil {
			t.Errorf("the ephemeral resource has no %s", name)
			continue
		}
		if name == "timeouts" {
			continue
		}
		same := one.Description == other.Description && one.Optional == other.Optional && one.Computed == other.Computed && one.Sensitive == other.Sensitive
		if !same || !one.ValueType().Equal(other.ValueType()) {
			t.Errorf("%s differs", name)
		}
	}
}
