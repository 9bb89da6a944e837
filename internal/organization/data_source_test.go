// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package organization_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const kind = "coveo_organization"

func TestAccOrganization_ThroughARealCommandLine(t *testing.T) {
	server := simulator.Start(t, simulator.Options{})
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{{
			Config: acctest.ProviderConfig(server, `region = "us"`) + "data \"coveo_organization\" \"this\" {}\n",
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("data.coveo_organization.this", tfjsonpath.New("id"), knownvalue.StringExact(server.ID())),
				statecheck.ExpectKnownValue("data.coveo_organization.this", tfjsonpath.New("read_only"), knownvalue.Bool(false)),
				statecheck.ExpectKnownValue("data.coveo_organization.this", tfjsonpath.New("region_matches"), knownvalue.Bool(true)),
			},
		}},
	})
}

func TestOrganization_SaysWhatCoveoSays(t *testing.T) {
	for name, readings := range map[string]simulator.Readings{
		"likeliest": {}, "RFC 3339 dates": {RFC3339Dates: true}, "nulls": {ExplicitNulls: true}, "reordered": {ReorderLists: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := simulator.Start(t, simulator.Options{Readings: readings, Placement: simulator.Placement{Region: "eu-west-1", Satellites: []string{"us-east-1"}}})
			seen := acctest.Look(t, server, map[string]any{"region": "eu"}, kind, nil)
			want(t, seen, map[string]any{
				"id": server.ID(), "display_name": "Acme Production", "created_date": "2024-03-04T09:30:00Z",
				"read_only": false, "status": "HEALTHY", "life_cycle_state": "ACTIVE", "pause_state": "ACTIVE", "paused": false, "resumable": false,
				"error_codes": []any{},
				"main_region": "eu-west-1", "main_regions": []any{"eu-west-1"}, "satellite_regions": []any{"us-east-1"},
				"distributed_dns": "acmeprod1a2b3c.org.coveo.com", "admin_dns": "acmeprod1a2b3c.admin.org.coveo.com",
				"analytics_dns": "acmeprod1a2b3c.analytics.org.coveo.com",
				"region":        "eu", "environment": "production", "region_matches": true, "environment_matches": nil,
			})
			if seen.Says != "" || server.TotalCalls() != 3 {
				t.Errorf("%d calls; %s", server.TotalCalls(), seen.Says)
			}
			if strings.Contains(fmt.Sprint(seen.State), "owner@example.com") {
				t.Error("the owner's address is in state, which nothing here needs")
			}
		})
	}
}

func TestOrganization_ComparesWithTheProviderBlock(t *testing.T) {
	for name, test := range map[string]struct {
		placement simulator.Placement
		block     map[string]any
		want      map[string]any
	}{
		"another region":        {block: map[string]any{"region": "au"}, want: map[string]any{"region": "us", "region_matches": false}},
		"no region is said":     {want: map[string]any{"region_matches": nil, "environment_matches": nil}},
		"ordinary, as said":     {block: map[string]any{"environment": "production"}, want: map[string]any{"environment_matches": true}},
		"HIPAA, not said so":    {placement: simulator.Placement{HIPAA: true}, block: map[string]any{"environment": "production", "region": "eu"}, want: map[string]any{"environment": "hipaa", "environment_matches": false, "region_matches": nil}},
		"HIPAA, as said":        {placement: simulator.Placement{HIPAA: true}, block: map[string]any{"environment": "hipaa"}, want: map[string]any{"environment_matches": true, "region_matches": nil}},
		"ordinary, HIPAA said":  {block: map[string]any{"environment": "hipaa", "region": "us"}, want: map[string]any{"environment_matches": false, "region_matches": nil}},
		"a region with no name": {placement: simulator.Placement{Region: "us-gov-west-1"}, block: map[string]any{"region": "us"}, want: map[string]any{"region": nil, "region_matches": nil, "main_region": "us-gov-west-1"}},
		"Sydney":                {placement: simulator.Placement{Region: "ap-southeast-2"}, block: map[string]any{"region": "au"}, want: map[string]any{"region": "au", "region_matches": true}},
		"Montreal":              {placement: simulator.Placement{Region: "ca-central-1"}, block: map[string]any{"region": "ca"}, want: map[string]any{"region": "ca", "region_matches": true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := simulator.Start(t, simulator.Options{Placement: test.placement})
			want(t, acctest.Look(t, server, test.block, kind, nil), test.want)
		})
	}
}

func TestOrganization_ReadOnlyIsToldByEitherAnswer(t *testing.T) {
	absent := func(body map[string]any) { delete(body, "readOnly") }
	for name, test := range map[string]struct {
		readOnly                 bool
		organization, statusless bool // which answers say nothing
		want                     any
	}{
		"both say so": {readOnly: true, want: true}, "the status alone": {readOnly: true, organization: true, want: true},
		"the organization alone": {readOnly: true, statusless: true, want: true}, "neither": {readOnly: true, organization: true, statusless: true, want: nil},
		"it is not": {want: false}, "the status says not": {organization: true, want: false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := simulator.Start(t, simulator.Options{ReadOnly: test.readOnly})
			if test.organization {
				server.Inject(simulator.Fault{Operation: simulator.GetOrganization, Mutate: absent})
			}
			if test.statusless {
				server.Inject(simulator.Fault{Operation: simulator.OrganizationStatus, Mutate: absent})
			}
			want(t, acctest.Look(t, server, nil, kind, nil), map[string]any{"read_only": test.want})
		})
	}
}

func TestOrganization_UnknownWordsAreKept(t *testing.T) {
	server := simulator.Start(t, simulator.Options{Readings: simulator.Readings{UnknownEnums: true}})
	want(t, acctest.Look(t, server, map[string]any{"region": "us"}, kind, nil), map[string]any{
		"life_cycle_state": "HIBERNATING", "main_region": "moon-east-1", "region": nil, "region_matches": nil,
	})
}

func TestOrganization_WhereItLivesIsAHintAndNoCondition(t *testing.T) {
	for name, test := range map[string]struct {
		fault *simulator.Fault
		token string
		says  []string
	}{
		"refused":   {token: "powerless", says: []string{"WARNING", `"Organization – Organization: View"`, "PLATFORM/ORGANIZATION VIEW *"}},
		"not there": {fault: &simulator.Fault{Status: 404}, says: []string{"WARNING", "404"}},
		"a page":    {fault: &simulator.Fault{HTML: true}, says: []string{"WARNING", "HTML page"}},
		"broken":    {fault: &simulator.Fault{Status: 500}, says: []string{"WARNING", "500"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := simulator.Start(t, simulator.Options{})
			block := map[string]any{"region": "us"}
			if test.token != "" {
				server.AddToken(test.token)
				block["access_token"] = test.token
			}
			if test.fault != nil {
				test.fault.Operation = simulator.GlobalOrganization
				server.Inject(*test.fault)
			}
			seen := acctest.Look(t, server, block, kind, nil)
			want(t, seen, map[string]any{
				"display_name": "Acme Production", "status": "HEALTHY", "main_region": nil, "main_regions": nil, "satellite_regions": nil,
				"admin_dns": nil, "region": nil, "environment": nil, "region_matches": nil, "environment_matches": nil,
			})
			contains(t, seen.Says, append(test.says, "Where the organization lives is not known")...)
		})
	}
}

func TestOrganization_WhatItCannotReadIsAnError(t *testing.T) {
	for _, operation := range []simulator.Operation{simulator.GetOrganization, simulator.OrganizationStatus} {
		server := simulator.Start(t, simulator.Options{})
		server.Inject(simulator.Fault{Operation: operation, Status: 403})
		seen := acctest.Look(t, server, nil, kind, nil)
		contains(t, seen.Says, "ERROR: Organization cannot be read", "403", "allowed IP addresses")
	}
	server := simulator.Start(t, simulator.Options{})
	seen := acctest.Look(t, server, map[string]any{"access_token": acctest.Unknown{}}, kind, nil)
	contains(t, seen.Says, "ERROR: Organization cannot be read", "access_token comes from something that does not exist yet", "separate configurations", "depends_on")
	if server.TotalCalls() != 0 {
		t.Errorf("%d calls without a token", server.TotalCalls())
	}
}

// want compares the attributes that are named.
func want(t *testing.T, seen acctest.Seen, attributes map[string]any) {
	t.Helper()
	if seen.Failed {
		t.Fatal(seen.Says)
	}
	for name, value := range attributes {
		if got := seen.State[name]; fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", value) {
			t.Errorf("%s is %#v, want %#v", name, got, value)
		}
	}
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("it does not say %q:\n%s", part, text)
		}
	}
}
