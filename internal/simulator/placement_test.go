// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestPlacement_ShowsRegionAndHostNames(t *testing.T) {
	for _, test := range []struct {
		placement    simulator.Placement
		region, host string
	}{
		{simulator.Placement{}, "us-east-1", "acmeprod1a2b3c.admin.org.coveo.com"},
		{simulator.Placement{Region: "eu-west-1", HIPAA: true}, "eu-west-1", "acmeprod1a2b3c.admin.orghipaa.coveo.com"},
	} {
		c := start(t, simulator.Options{Placement: test.placement})
		const path = "/rest/global/organizations/acmeprod1a2b3c"
		got := c.want(200, "GET", path, nil)
		equal(t, "region", got.text("primaryMainRegion"), test.region)
		equal(t, "host", got.text("adminDns"), test.host)
		equal(t, "calls", c.Calls(simulator.GlobalOrganization), 1)
		c.AddToken("powerless")
		c.as("powerless").want(403, "GET", path, nil)
	}
	c := startLoose(t, simulator.Options{})
	c.want(404, "GET", "/rest/global/organizations/other", nil)
}
