// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func (r reply) holds(owner, domain string) bool {
	listed, _ := r.json.([]any)
	for i := range listed {
		if r.text(i, "owner") == owner && r.text(i, "targetDomain") == domain {
			return true
		}
	}
	return false
}

func TestPrivileges_Listings(t *testing.T) {
	for _, may := range []bool{false, true} {
		c := start(t, simulator.Options{Readings: simulator.Readings{KeysMayManageKeys: may}})
		equal(t, "exists", c.want(200, "GET", "privileges", nil).holds("PLATFORM", "API_KEY"), true)
		for _, path := range []string{"privileges/apikeys", "privileges/apikeys?filter=ALL", "privileges/apikeys?filter=CUSTOM"} {
			listed := c.want(200, "GET", path, nil)
			equal(t, path, listed.holds("PLATFORM", "API_KEY"), may)
			equal(t, path, listed.holds("USAGE_ANALYTICS", "DELETE_USER_ANALYTICS_DATA"), true)
		}
		equal(t, "mine", c.want(200, "GET", "privileges/me", nil).holds("PLATFORM", "API_KEY"), true)
		equal(t, "member", c.want(200, "GET", "members/privileges", nil).holds("PLATFORM", "API_KEY"), true)
		key := c.AddKey(simulator.KeySpec{Privileges: []simulator.Privilege{simulator.ErasurePrivilege()}})
		mine := c.as(key.Value).want(200, "GET", "privileges/me", nil)
		equal(t, "mine", len(mine.json.([]any)), 1)
		equal(t, "mine", mine.holds("USAGE_ANALYTICS", "DELETE_USER_ANALYTICS_DATA"), true)
	}
	c := startLoose(t, simulator.Options{})
	c.want(412, "GET", "privileges/apikeys?filter=SOME", nil)
}

func TestPrivileges_Evaluation(t *testing.T) {
	c := start(t, simulator.Options{OrganizationID: "org1"})
	privileges := []simulator.Privilege{simulator.ErasurePrivilege(), simulator.KeyPrivilege("EDIT")}
	key := c.AddKey(simulator.KeySpec{Privileges: privileges})
	far := c.AddKey(simulator.KeySpec{Privileges: privileges, AllowedIPs: []string{"198.51.100.0/24"}})
	erasure := fields{"owner": "USAGE_ANALYTICS", "targetDomain": "DELETE_USER_ANALYTICS_DATA", "targetId": "*"}
	enable := fields{"owner": "USAGE_ANALYTICS", "targetDomain": "DELETE_USER_ANALYTICS_DATA", "type": "ENABLE", "targetId": "*"}
	overview := fields{"owner": "USAGE_ANALYTICS", "targetDomain": "ADMINISTRATE", "targetId": "*"}
	keys := fields{"owner": "PLATFORM", "targetDomain": "API_KEY", "type": "EDIT", "targetId": "*"}
	for name, test := range map[string]struct {
		token, organization string
		privilege           fields
		readOnly            bool
		code                string
	}{
		"granted":              {key.Value, "org1", erasure, false, "OPERATION_GRANTED"},
		"granted as ENABLE":    {key.Value, "org1", enable, false, "OPERATION_GRANTED"},
		"not held":             {key.Value, "org1", overview, false, "OPERATION_NOT_ALLOWED"},
		"held but not for key": {key.Value, "org1", keys, false, "OPERATION_NOT_ALLOWED"},
		"administrator":        {c.token, "org1", keys, false, "OPERATION_GRANTED"},
		"other organization": {key.Value, "org2", erasure, false,
			"OPERATION_FORBIDDEN_FOR_AUTHENTICATION_BOUND_TO_DIFFERENT_ORGANIZATION"},
		"unknown organization": {c.token, "org2", erasure, false, "OPERATION_FORBIDDEN_FOR_ORGANIZATION"},
		"wrong place":          {far.Value, "org1", erasure, false, "OPERATION_FORBIDDEN_FROM_REQUEST_LOCATION"},
		"read-only":            {key.Value, "org1", erasure, true, "OPERATION_FORBIDDEN_FOR_ORGANIZATION_IN_READ_ONLY"},
		"reading in read-only": {c.token, "org1", overview, true, "OPERATION_GRANTED"},
		"no privilege":         {key.Value, "org1", fields{}, false, "OPERATION_FORBIDDEN_INVALID_PRIVILEGE_REQUEST"},
	} {
		t.Run(name, func(t *testing.T) {
			c.SetReadOnly(test.readOnly)
			r := c.as(test.token).want(200, "POST", "/rest/privilege/evaluate",
				fields{"organizationId": test.organization, "requestedPrivilege": test.privilege})
			equal(t, "code", r.text("evaluationReport", "privilegeEvaluationResultCodes", 0), test.code)
			equal(t, "approved", r.field("approved"), any(test.code == "OPERATION_GRANTED"))
			equal(t, "organization", r.text("organizationId"), test.organization)
		})
	}
	access := c.as(key.Value).want(200, "POST", "/rest/privilege/evaluate/general-access", fields{"organizationId": "org1"})
	equal(t, "general access", access.field("approved"), any(true))
}

func TestPrivileges_HoldersAmongKeys(t *testing.T) {
	c := start(t, simulator.Options{})
	c.AddKey(simulator.KeySpec{DisplayName: "eraser", Privileges: []simulator.Privilege{simulator.ErasurePrivilege()}})
	c.AddKey(simulator.KeySpec{DisplayName: "none"})
	c.AddKey(simulator.KeySpec{DisplayName: "one", Privileges: []simulator.Privilege{
		{Owner: "PLATFORM", TargetDomain: "SOURCE", Type: "EDIT", TargetID: "s1"},
	}})
	c.AddKey(simulator.KeySpec{DisplayName: "viewer", Privileges: []simulator.Privilege{
		{Owner: "PLATFORM", TargetDomain: "SOURCE", Type: "VIEW", TargetID: "*"},
	}})
	erasers := c.want(200, "GET",
		"access/apikeys?privilegeOwner=USAGE_ANALYTICS&privilegeTargetDomain=DELETE_USER_ANALYTICS_DATA&accessLevel=EDIT_ALL", nil)
	equal(t, "holders", len(erasers.json.([]any)), 1)
	equal(t, "holder", erasers.text(0, "displayName"), "eraser")
	sources := c.want(200, "GET",
		"access/apikeys?privilegeOwner=PLATFORM&privilegeTargetDomain=SOURCE&accessLevel=CUSTOM&accessLevel=VIEW_ALL", nil)
	equal(t, "holders", len(sources.json.([]any)), 2)
	equal(t, "target", sources.text(0, "resourceIdsWithEditLevel", 0), "s1")
}

func TestOrganization(t *testing.T) {
	c := start(t, simulator.Options{OrganizationID: "org1"})
	plain := c.want(200, "GET", "/rest/organizations/org1", nil)
	equal(t, "id", plain.text("id"), "org1")
	equal(t, "status", plain.has("organizationStatusModel"), false)
	full := c.want(200, "GET", "/rest/organizations/org1?additionalFields=status&additionalFields=license,provisioningStatus", nil)
	equal(t, "status", full.text("organizationStatusModel", "status"), "HEALTHY")
	equal(t, "license", full.has("license"), true)
	equal(t, "provisioning", full.has("provisioningStatus"), true)
	equal(t, "state", c.want(200, "GET", "status", nil).text("lifeCycleState"), "ACTIVE")
	c.want(404, "GET", "/rest/organizations/org2", nil)
	equal(t, "list", c.want(200, "GET", "/rest/organizations", nil).text(0, "id"), "org1")
	page := c.want(200, "GET", "/rest/organizations?page=0&perPage=10", nil)
	equal(t, "page", page.text("items", 0, "id"), "org1")
	equal(t, "next page", c.want(200, "GET", "/rest/organizations?page=1", nil).field("items", 0), nil)
}
