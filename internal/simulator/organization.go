// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"slices"
	"strings"
	"time"
)

// founded is when the organization was created.
func founded() time.Time { return time.Date(2024, time.March, 4, 9, 30, 0, 0, time.UTC) }

func (o *Organization) organizationModel() map[string]any {
	return map[string]any{
		"id":                      o.options.OrganizationID,
		"displayName":             "Acme Production",
		"createdDate":             o.date(founded()),
		"owner":                   map[string]any{"email": "owner@example.com"},
		"readOnly":                o.readOnly,
		"adminUITimeoutInSeconds": 3600,
		"configuration":           map[string]any{"servingExperimentAllowed": false},
	}
}

func (o *Organization) getOrganization(x *exchange) answer {
	body := o.organizationModel()
	var wanted []string
	for _, values := range x.query["additionalFields"] {
		wanted = append(wanted, strings.Split(values, ",")...)
	}
	if slices.Contains(wanted, "status") {
		body["organizationStatusModel"] = o.statusModel()
	}
	if slices.Contains(wanted, "license") {
		body["license"] = map[string]any{"productEdition": "ENTERPRISE", "productType": "TEST"}
	}
	if slices.Contains(wanted, "provisioningStatus") {
		body["provisioningStatus"] = provisioned()
	}
	return ok(body)
}

func (o *Organization) getStatus(*exchange) answer { return ok(o.statusModel()) }

func (o *Organization) statusModel() map[string]any {
	model := map[string]any{
		"status":             "HEALTHY",
		"lifeCycleState":     "ACTIVE",
		"pauseState":         "ACTIVE",
		"readOnly":           o.readOnly,
		"paused":             false,
		"resumable":          false,
		"supportActivated":   false,
		"errorCodes":         []string{},
		"provisioningStatus": provisioned(),
	}
	if o.options.Readings.UnknownEnums {
		model["lifeCycleState"] = "HIBERNATING"
	}
	return model
}

func provisioned() map[string]any {
	return map[string]any{"status": "HEALTHY", "ongoing": false, "initialProvisioningDone": true}
}

// listOrganizations answers a page or a plain array: the document says the first, Coveo's own client expects the second
// when it sends no paging parameter.
func (o *Organization) listOrganizations(x *exchange) answer {
	items := []map[string]any{o.organizationModel()}
	if !o.options.Readings.OrganizationsPaged && !x.query.Has("page") && !x.query.Has("perPage") {
		return ok(items)
	}
	if page := x.query.Get("page"); page != "" && page != "0" {
		items = []map[string]any{}
	}
	return ok(map[string]any{"items": items, "totalEntries": 1, "totalPages": 1})
}

// Placement is where an organization lives. The zero value is the ordinary platform in us-east-1.
type Placement struct {
	// Region is the main region, in the cloud's words.
	Region string
	// Satellites are further regions.
	Satellites []string
	// HIPAA puts the organization on the HIPAA platform, which shows in its host names only.
	HIPAA bool
}

// dns is the suffix of an organization's own host names.
func (p Placement) dns() string {
	if p.HIPAA {
		return "orghipaa.coveo.com"
	}
	return "org.coveo.com"
}

// getPlacement answers where the organization lives. The fields are documented without an example; the form of the host names
// is that of the page about organization endpoints.
func (o *Organization) getPlacement(x *exchange) answer {
	placement := o.options.Placement
	region := orDefault(placement.Region, "us-east-1")
	if o.options.Readings.UnknownEnums {
		region = "moon-east-1"
	}
	b := object{fields: map[string]any{}, nulls: x.nulls(o)}
	b.set("organizationId", o.options.OrganizationID)
	b.set("primaryMainRegion", region)
	b.set("mainRegions", []string{region})
	list(b, "satelliteRegions", reorder(o, placement.Satellites))
	b.set("distributedDns", o.options.OrganizationID+"."+placement.dns())
	b.set("adminDns", o.options.OrganizationID+".admin."+placement.dns())
	b.set("analyticsDns", o.options.OrganizationID+".analytics."+placement.dns())
	b.optional("customDns", nil, false)
	return ok(b.fields)
}
