// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey_test

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

	"github.com/coveo-privacy/terraform-provider-coveo/internal/apikey"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
	ours "github.com/coveo-privacy/terraform-provider-coveo/internal/provider"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// laterRelease is the provider with another idea of what duties take.
type laterRelease struct {
	provider.Provider
	expand func([]string) ([]privilege.Privilege, error)
}

func (p laterRelease) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return apikey.NewResourceExpanding(p.expand) }}
}

// withoutCreate takes export to need no CREATE.
func withoutCreate(duties []string) ([]privilege.Privilege, error) {
	set, err := privilege.Expand(duties)
	return slices.DeleteFunc(set, func(p privilege.Privilege) bool { return p.Type == "CREATE" }), err
}

func TestAccAPIKey_laterReleaseExpandsADutyOtherwise(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	release := func(p provider.Provider) map[string]func() (tfprotov6.ProviderServer, error) {
		inner := providerserver.NewProtocol6WithError(p)
		return map[string]func() (tfprotov6.ProviderServer, error){
			"coveo": func() (tfprotov6.ProviderServer, error) {
				server, err := inner()
				return overheard{server, w.heard}, err
			},
		}
	}
	present := release(ours.New("test", ours.WithClock(w.clock))())
	later := release(laterRelease{ours.New("test", ours.WithClock(w.clock))(), withoutCreate})
	config := w.key(`display_name = "exporter"`, `duties = ["export"]`)
	changed := w.key(`display_name = "exporter"`, `duties = ["export"]`, `description = "new"`)
	warning := w.planWarns("Duties of a key now mean other privileges: exporter", "USAGE_ANALYTICS/EXPORTS CREATE *", "stays as it is")
	testresource.UnitTest(t, testresource.TestCase{Steps: []testresource.TestStep{
		{ProtoV6ProviderFactories: present, Config: config},
		{
			ProtoV6ProviderFactories: later, PreConfig: w.fresh(), Config: config,
			ConfigPlanChecks: does(plancheck.ResourceActionNoop, warning),
			Check:            w.calls(map[simulator.Operation]int{simulator.GetAPIKey: 0}),
		},
		{
			// An update in between does not make it forget.
			ProtoV6ProviderFactories: later, PreConfig: w.fresh(), Config: changed,
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate, warning),
			Check:            w.calls(map[simulator.Operation]int{simulator.UpdateAPIKey: 1}),
		},
		{
			ProtoV6ProviderFactories: later, PreConfig: w.fresh(), Config: changed,
			ConfigPlanChecks: does(plancheck.ResourceActionNoop, warning),
			Check:            w.calls(nil),
		},
		{
			ProtoV6ProviderFactories: present, PreConfig: w.fresh(), Config: changed,
			ConfigPlanChecks: does(plancheck.ResourceActionNoop, w.planIsQuiet()),
		},
	}})
}
