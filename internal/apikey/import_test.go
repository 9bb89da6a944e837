// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/provider"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// importing is a configuration that imports a key into these arguments.
func (w *world) importing(id string, arguments ...string) string {
	return w.key(arguments...) + fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", address, id)
}

func (w *world) existing() simulator.KeyView {
	return w.AddKey(simulator.KeySpec{
		DisplayName: "dsr-eraser", Description: "made by hand",
		Privileges: []simulator.Privilege{simulator.ErasurePrivilege(), simulator.OverviewPrivilege()},
		AllowedIPs: []string{"2001:db8::/48", "203.0.113.0/24"}, Lifetime: "P90D",
		AdditionalConfiguration: map[string]any{"analytics": map[string]any{"event": map[string]any{"userId": "pseudonym"}}},
	})
}

func TestAccAPIKey_importNatural(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	key := w.existing()
	natural := append(eraser, `description = "made by hand"`)
	w.run(
		resource.TestStep{
			PreConfig: w.fresh(), Config: w.importing(key.ID, natural...),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate,
				append(unchanged(), w.planWarns("Imported key without its value: dsr-eraser", "value", "-replace"))...),
			ConfigStateChecks: []statecheck.StateCheck{
				is("value", knownvalue.Null()), is("duties", strs("overview", "erasure")), is("privileges", knownvalue.Null()),
				is("lifetime", knownvalue.StringExact("P90D")), is("expiration_date", knownvalue.StringExact("2026-05-31T09:00:00Z")),
			},
			Check: w.calls(map[simulator.Operation]int{simulator.GetAPIKey: 0}),
		},
		resource.TestStep{
			// Its drift is drift like any other's.
			PreConfig: w.fresh(func() { w.SetKeyPrivileges(key.ID, simulator.OverviewPrivilege(), simulator.LoggingPrivilege()) }),
			Config:    w.key(natural...),
			ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate,
				w.planWarns("Key with other privileges than asked for", "DELETE_USER_ANALYTICS_DATA", "ANALYTICS_DATA EDIT")),
			Check: w.calls(replaced()),
		},
	)
}

func TestAccAPIKey_importEmptyPlan(t *testing.T) {
	for name, tc := range map[string]struct {
		privileges []simulator.Privilege
		arguments  string
	}{
		"duties": {
			[]simulator.Privilege{simulator.OverviewPrivilege()},
			`duties = ["overview"]`,
		},
		"privileges": {
			[]simulator.Privilege{simulator.LoggingPrivilege(), simulator.ImpersonatePrivilege()},
			`privileges = [{ owner = "USAGE_ANALYTICS", target_domain = "ANALYTICS_DATA", type = "EDIT" },
			               { owner = "USAGE_ANALYTICS", target_domain = "IMPERSONATE", target_id = "*" }]`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			key := w.AddKey(simulator.KeySpec{DisplayName: "by hand", Privileges: tc.privileges})
			w.run(resource.TestStep{
				PreConfig: w.fresh(), Config: w.importing(key.ID, `display_name = "by hand"`, tc.arguments),
				ConfigPlanChecks: does(plancheck.ResourceActionNoop),
				Check:            w.calls(nil),
			})
		})
	}
}

func TestAccAPIKey_importOfAnotherKey(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	key := w.existing()
	w.run(resource.TestStep{
		PreConfig: w.fresh(), Config: w.importing(key.ID, `display_name = "dsr-eraser"`, `duties = ["overview"]`),
		ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate,
			w.planWarns("Imported key is to be replaced: dsr-eraser", "DELETE_USER_ANALYTICS_DATA", "deletes the imported one")),
		ConfigStateChecks: []statecheck.StateCheck{is("value", knownvalue.NotNull())},
		Check:             w.calls(replaced()),
	})
}

func TestAccAPIKey_importedLifetimeIsChecked(t *testing.T) {
	for name, tc := range map[string]struct{ made, warning string }{
		"none":   {"", "Key does not end: dsr"},
		"longer": {"P1Y", "Key outlives its lifetime: dsr"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			key := w.AddKey(simulator.KeySpec{DisplayName: "dsr", Privileges: []simulator.Privilege{simulator.OverviewPrivilege()}, Lifetime: tc.made})
			w.run(resource.TestStep{
				PreConfig: w.fresh(), Config: w.importing(key.ID, `display_name = "dsr"`, `duties = ["overview"]`, `lifetime = "P30D"`),
				ConfigPlanChecks: does(plancheck.ResourceActionUpdate, w.planWarns(tc.warning, "lifetime", "-replace")),
				Check:            w.calls(nil),
			})
		})
	}
}

func TestAccAPIKey_importCommand(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(
		resource.TestStep{Config: w.key(eraser...)},
		resource.TestStep{
			ResourceName: address, ImportState: true, ImportStateVerify: true,
			ImportStateVerifyIgnore: []string{"value", "lifetime"},
		},
		resource.TestStep{
			ResourceName: address, ImportState: true, ImportStateId: "nosuchkey",
			ExpectError: wrapped(`The organization acmeprod1a2b3c has no API key with the ID "nosuchkey"`),
		},
	)
}

// What the resource does not manage survives an update, whichever way Coveo reads a PUT.
func TestAccAPIKey_updateKeepsWhatIsNotManaged(t *testing.T) {
	for _, keeps := range []bool{false, true} {
		t.Run(fmt.Sprintf("PUT keeps omitted %t", keeps), func(t *testing.T) {
			w := newWorld(t, simulator.Options{Readings: simulator.Readings{PutKeepsOmitted: keeps}})
			key := w.existing()
			w.run(resource.TestStep{
				PreConfig: w.fresh(), Config: w.importing(key.ID, `display_name = "dsr-eraser"`, `duties = ["overview", "erasure"]`,
					`allowed_ips = ["203.0.113.7"]`, `lifetime = "P90D"`),
				ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
				Check: resource.ComposeTestCheckFunc(
					w.calls(map[simulator.Operation]int{simulator.UpdateAPIKey: 1}),
					w.inOrganization(func(key simulator.KeyView) error {
						if fmt.Sprint(key.AdditionalConfiguration) != "map[analytics:map[event:map[userId:pseudonym]]]" || key.Description != "" ||
							fmt.Sprint(key.AllowedIPs) != "[203.0.113.7]" {
							return fmt.Errorf("the key is now %+v", key)
						}
						return nil
					})),
			})
		})
	}
}

func TestAccAPIKey_dutiesAndPrivilegesAreInterchangeable(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	spelled := `privileges = [
	  { owner = "USAGE_ANALYTICS", target_domain = "ADMINISTRATE", type = "ENABLE" },
	  { owner = "USAGE_ANALYTICS", target_domain = "DELETE_USER_ANALYTICS_DATA", target_id = "*" },
	]`
	rest := []string{eraser[0], eraser[2], eraser[3]}
	w.run(
		resource.TestStep{Config: w.key(eraser...)},
		resource.TestStep{
			PreConfig: w.fresh(), Config: w.key(append(rest, spelled)...),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate, append(unchanged(), w.planIsQuiet())...),
			Check:            w.calls(map[simulator.Operation]int{simulator.GetAPIKey: 0}),
		},
		resource.TestStep{
			PreConfig: w.fresh(), Config: w.key(eraser...),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate, w.planIsQuiet()),
			Check:            w.calls(nil),
		},
	)
}

// The identity is imported from without a command line, since the older ones do not know identities.
func TestAccAPIKey_importByIdentity(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	key := w.existing()
	server := w.inProcess()
	for name, tc := range map[string]struct {
		organization any
		wrong        bool
	}{
		"with the organization":    {w.ID(), false},
		"without the organization": {nil, false},
		"another organization":     {"other", true},
	} {
		t.Run(name, func(t *testing.T) {
			identityType := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"organization_id": tftypes.String, "id": tftypes.String}}
			data, err := tfprotov6.NewDynamicValue(identityType, tftypes.NewValue(identityType, map[string]tftypes.Value{
				"organization_id": tftypes.NewValue(tftypes.String, tc.organization), "id": tftypes.NewValue(tftypes.String, key.ID),
			}))
			if err != nil {
				t.Fatal(err)
			}
			imported, err := server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{
				TypeName: "coveo_api_key", Identity: &tfprotov6.ResourceIdentityData{IdentityData: &data},
			})
			if err != nil {
				t.Fatal(err)
			}
			if tc.wrong {
				if len(imported.Diagnostics) != 1 || imported.Diagnostics[0].Summary != "Key of another organization" {
					t.Errorf("diagnostics: %+v", imported.Diagnostics)
				}
				return
			}
			if len(imported.Diagnostics) != 0 {
				t.Fatalf("diagnostics: %+v", imported.Diagnostics[0])
			}
			one := imported.ImportedResources[0]
			read, err := server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
				TypeName: "coveo_api_key", CurrentState: one.State, Private: one.Private, CurrentIdentity: one.Identity,
			})
			if err != nil || len(read.Diagnostics) != 1 {
				t.Fatalf("%v, diagnostics: %+v", err, read.Diagnostics)
			}
			got, err := read.NewIdentity.IdentityData.Unmarshal(identityType)
			if err != nil {
				t.Fatal(err)
			}
			want := tftypes.NewValue(identityType, map[string]tftypes.Value{
				"organization_id": tftypes.NewValue(tftypes.String, w.ID()), "id": tftypes.NewValue(tftypes.String, key.ID),
			})
			if !got.Equal(want) {
				t.Errorf("identity %s, want %s", got, want)
			}
		})
	}
}

// inProcess is a configured provider without a command line.
func (w *world) inProcess() tfprotov6.ProviderServer {
	w.t.Helper()
	server, err := acctest.Factories(provider.WithClock(w.clock))["coveo"]()
	if err != nil {
		w.t.Fatal(err)
	}
	described, err := server.GetProviderSchema(w.t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		w.t.Fatal(err)
	}
	object := described.Provider.ValueType().(tftypes.Object)
	values := map[string]tftypes.Value{}
	for name, kind := range object.AttributeTypes {
		values[name] = tftypes.NewValue(kind, nil)
	}
	values["organization_id"] = tftypes.NewValue(tftypes.String, w.ID())
	values["access_token"] = tftypes.NewValue(tftypes.String, simulator.AdminToken)
	values["platform_url"] = tftypes.NewValue(tftypes.String, w.URL)
	config, err := tfprotov6.NewDynamicValue(object, tftypes.NewValue(object, values))
	if err != nil {
		w.t.Fatal(err)
	}
	configured, err := server.ConfigureProvider(context.Background(), &tfprotov6.ConfigureProviderRequest{Config: &config})
	if err != nil || len(configured.Diagnostics) != 0 {
		w.t.Fatalf("%v, diagnostics: %+v", err, configured)
	}
	return server
}

func TestAccAPIKey_readings(t *testing.T) {
	for name, readings := range map[string]simulator.Readings{
		"RFC 3339 dates":       {RFC3339Dates: true},
		"type absent":          {TypelessPrivilege: simulator.TypelessAbsent},
		"type null":            {TypelessPrivilege: simulator.TypelessNull},
		"type empty":           {TypelessPrivilege: simulator.TypelessEmpty},
		"type ENABLE":          {TypelessPrivilege: simulator.TypelessEnable},
		"explicit nulls":       {ExplicitNulls: true},
		"mask of 2017":         {MaskedValueForm: simulator.Masked2017},
		"mask of today":        {MaskedValueForm: simulator.MaskedShort},
		"createdBy a string":   {CreatedByString: true},
		"lists reordered":      {ReorderLists: true},
		"enum values unknown":  {UnknownEnums: true},
		"PUT keeps omitted":    {PutKeepsOmitted: true},
		"missing keys are 410": {MissingKeyStatus: 410},
		"missing keys are 403": {MissingKeyStatus: 403},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{Readings: readings})
			// More than one key, so that there is an order.
			w.AddKey(simulator.KeySpec{DisplayName: "other", Privileges: []simulator.Privilege{simulator.OverviewPrivilege()}})
			value := statecheck.CompareValue(compareSame{})
			w.run(
				resource.TestStep{
					PreConfig: w.fresh(), Config: w.key(eraser...),
					ConfigPlanChecks: does(plancheck.ResourceActionCreate),
					ConfigStateChecks: []statecheck.StateCheck{
						is("created_date", knownvalue.StringExact("2026-03-02T09:00:00Z")),
						is("expiration_date", knownvalue.StringExact("2026-05-31T09:00:00Z")),
						is("last_used_date", knownvalue.Null()), is("description", knownvalue.Null()), is("denied_ips", knownvalue.Null()),
						is("created_by", knownvalue.StringExact("admin@example.com-google")), is("enabled", knownvalue.Bool(true)),
						is("effective_privileges", knownvalue.SetExact([]knownvalue.Check{
							effective("ADMINISTRATE"), effective("DELETE_USER_ANALYTICS_DATA"),
						})),
						value.AddStateValue(address, tfjsonpath.New("value")),
					},
				},
				resource.TestStep{
					PreConfig: w.fresh(), Config: w.key(append(eraser, `description = "new"`)...),
					ConfigPlanChecks:  does(plancheck.ResourceActionUpdate, append(unchanged(), w.planIsQuiet())...),
					ConfigStateChecks: []statecheck.StateCheck{value.AddStateValue(address, tfjsonpath.New("value"))},
					Check:             w.calls(map[simulator.Operation]int{simulator.UpdateAPIKey: 1}),
				},
				resource.TestStep{
					ResourceName: address, ImportState: true, ImportStateVerify: true,
					ImportStateVerifyIgnore: []string{"value", "lifetime"},
				},
			)
		})
	}
}
