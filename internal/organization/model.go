// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package organization

import (
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// model is coveo_organization.
type model struct {
	ID          types.String `tfsdk:"id"`
	DisplayName types.String `tfsdk:"display_name"`
	CreatedDate types.String `tfsdk:"created_date"`

	ReadOnly       types.Bool   `tfsdk:"read_only"`
	Status         types.String `tfsdk:"status"`
	LifeCycleState types.String `tfsdk:"life_cycle_state"`
	PauseState     types.String `tfsdk:"pause_state"`
	Paused         types.Bool   `tfsdk:"paused"`
	Resumable      types.Bool   `tfsdk:"resumable"`
	ErrorCodes     types.Set    `tfsdk:"error_codes"`

	MainRegion         types.String `tfsdk:"main_region"`
	MainRegions        types.Set    `tfsdk:"main_regions"`
	SatelliteRegions   types.Set    `tfsdk:"satellite_regions"`
	DistributedDNS     types.String `tfsdk:"distributed_dns"`
	AdminDNS           types.String `tfsdk:"admin_dns"`
	AnalyticsDNS       types.String `tfsdk:"analytics_dns"`
	Region             types.String `tfsdk:"region"`
	Environment        types.String `tfsdk:"environment"`
	RegionMatches      types.Bool   `tfsdk:"region_matches"`
	EnvironmentMatches types.Bool   `tfsdk:"environment_matches"`
}

// facts converts what Coveo answers. placement is nil where it could not be asked; then nothing is said about it.
func facts(organization coveo.Organization, status coveo.OrganizationStatus, placement *coveo.OrganizationPlacement) model {
	m := model{
		DisplayName: text(organization.DisplayName), CreatedDate: instant(organization.CreatedDate),
		ReadOnly: either(organization.ReadOnly, status.ReadOnly), Status: text(status.Status),
		LifeCycleState: text(status.LifeCycleState), PauseState: text(status.PauseState),
		Paused: types.BoolPointerValue(status.Paused), Resumable: types.BoolPointerValue(status.Resumable),
		ErrorCodes:  textSet(status.ErrorCodes),
		MainRegions: types.SetNull(types.StringType), SatelliteRegions: types.SetNull(types.StringType),
	}
	if placement != nil {
		m.MainRegion = text(placement.PrimaryMainRegion)
		m.MainRegions, m.SatelliteRegions = textSet(placement.MainRegions), textSet(placement.SatelliteRegions)
		m.DistributedDNS, m.AdminDNS, m.AnalyticsDNS = text(placement.DistributedDNS), text(placement.AdminDNS), text(placement.AnalyticsDNS)
		m.Region = text(string(regionOf(placement.PrimaryMainRegion)))
		m.Environment = text(string(environmentOf(*placement)))
	}
	return m
}

// compare says whether the provider works where the organization lives, as far as both are known.
func (m *model) compare(region coveo.Region, environment coveo.Environment) {
	m.RegionMatches = same(m.Region, string(region))
	m.EnvironmentMatches = same(m.Environment, string(environment))
	if m.Environment.ValueString() == string(coveo.EnvironmentHIPAA) {
		// The HIPAA platform is one host without regions, so there is nothing to match.
		m.RegionMatches = types.BoolNull()
	}
}

// regionOf is this provider's word for a region of the cloud that Coveo runs on: a reading of the regions' names, since no
// document has the list. What it does not know stays unknown.
func regionOf(cloud string) coveo.Region {
	switch {
	case cloud == "us-east-1" || cloud == "us-east-2" || cloud == "us-west-1" || cloud == "us-west-2":
		return coveo.RegionUS
	case strings.HasPrefix(cloud, "eu-"):
		return coveo.RegionEU
	case strings.HasPrefix(cloud, "ca-"):
		return coveo.RegionCA
	case cloud == "ap-southeast-2" || cloud == "ap-southeast-4":
		return coveo.RegionAU
	}
	return ""
}

// environmentOf reads the one public hint at the HIPAA platform: its organizations' host names.
func environmentOf(placement coveo.OrganizationPlacement) coveo.Environment {
	hosts := []string{placement.DistributedDNS, placement.AdminDNS, placement.AnalyticsDNS}
	for i := range hosts {
		hosts[i] = strings.ToLower(strings.TrimSuffix(hosts[i], "."))
	}
	switch {
	case slices.ContainsFunc(hosts, func(host string) bool { return strings.Contains(host, "orghipaa") }):
		return coveo.EnvironmentHIPAA
	case slices.ContainsFunc(hosts, func(host string) bool { return strings.HasSuffix(host, ".org.coveo.com") }):
		return coveo.EnvironmentProduction
	}
	return ""
}

func same(found types.String, configured string) types.Bool {
	if found.IsNull() || configured == "" {
		return types.BoolNull()
	}
	return types.BoolValue(found.ValueString() == configured)
}

// either is true where one of two answers says so, and null where none says anything.
func either(a, b *bool) types.Bool {
	if a == nil && b == nil {
		return types.BoolNull()
	}
	return types.BoolValue(a != nil && *a || b != nil && *b)
}

func text(value string) types.String {
	if value == "" {
		return types.StringNull()
	}
	return types.StringValue(value)
}

func instant(at coveo.Instant) types.String {
	if at.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(at.UTC().Format(time.RFC3339))
}

// textSet is a set of what an answer lists; a list that the answer leaves out is empty.
func textSet(list []string) types.Set {
	sorted := slices.Clone(list)
	slices.Sort(sorted)
	elements := []attr.Value{}
	for _, element := range slices.Compact(sorted) {
		elements = append(elements, types.StringValue(element))
	}
	return types.SetValueMust(types.StringType, elements)
}
