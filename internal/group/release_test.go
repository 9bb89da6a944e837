// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group_test

import (
	"context"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	testresource "github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/group"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
	ours "github.com/coveo-privacy/terraform-provider-coveo/internal/provider"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// laterRelease is the provider with another idea of what duties take.
type laterRelease struct{ provider.Provider }

func (p laterRelease) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource {
		return group.NewResourceExpanding(func(duties []string) ([]privilege.Privilege, error) {
			set, err := privilege.Expand(duties)
			return slices.DeleteFunc(set, func(p privilege.Privilege) bool { return p.Type == "CREATE" }), err
		})
	}}
}

func TestAccGroup_laterReleaseExpandsADutyOtherwise(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	later := map[string]func() (tfprotov6.ProviderServer, error){
		"coveo": func() (tfprotov6.ProviderServer, error) {
			server, err := providerserver.NewProtocol6WithError(laterRelease{ours.New("test", ours.WithClock(w.clock))()})()
			return overheard{server, w.heard}, err
		},
	}
	config := w.group(`display_name = "exporters"`, `duties = ["export"]`)
	testresource.UnitTest(t, testresource.TestCase{Steps: []testresource.TestStep{
		{ProtoV6ProviderFactories: w.factories(), Config: config},
		{
			ProtoV6ProviderFactories: later, PreConfig: w.fresh(), Config: config,
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate,
				w.planWarns("Duties of a group now mean other privileges: exporters", "USAGE_ANALYTICS/EXPORTS CREATE *", "changes the group in place")),
			Check: w.calls(map[simulator.Operation]int{simulator.UpdateGroup: 1}),
		},
	}})
}
