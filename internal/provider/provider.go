// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package provider is the provider block, what Configure makes of it, and the list of everything the provider offers.
package provider

import (
	"context"
	"crypto/rand"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/access"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/apikey"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/collection"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/erasure"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/export"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/group"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/organization"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/overview"
)

var (
	_ provider.Provider                       = (*coveoProvider)(nil)
	_ provider.ProviderWithActions            = (*coveoProvider)(nil)
	_ provider.ProviderWithEphemeralResources = (*coveoProvider)(nil)
	_ provider.ProviderWithFunctions          = (*coveoProvider)(nil)
	_ provider.ProviderWithListResources      = (*coveoProvider)(nil)
	_ provider.ProviderWithValidateConfig     = (*coveoProvider)(nil)
)

// Option changes what a provider is made of. Releases use none.
type Option func(*coveoProvider)

// WithClock replaces the machine's clock, in tests.
func WithClock(clock coveo.Clock) Option {
	return func(p *coveoProvider) { p.clock = clock }
}

// WithKeeper hands in the keeper of the process, which revokes the keys for one run that are still open when the process ends.
func WithKeeper(keeper *apikey.Keeper) Option {
	return func(p *coveoProvider) { p.keeper = keeper }
}

// New returns the constructor that the plugin server and tests use.
func New(version string, options ...Option) func() provider.Provider {
	return func() provider.Provider {
		p := &coveoProvider{version: version, clock: coveo.SystemClock{}, keeper: apikey.NewKeeper(rand.Text)}
		for _, option := range options {
			option(p)
		}
		return p
	}
}

type coveoProvider struct {
	version string
	clock   coveo.Clock
	keeper  *apikey.Keeper
}

func (p *coveoProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "coveo"
	resp.Version = p.version
}

func (p *coveoProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = providerSchema()
}

func (p *coveoProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		apikey.NewResource,
		disclosure.NewResource,
		erasure.NewResource,
		group.NewResource,
		export.NewResource,
		export.NewScheduleResource,
	}
}

func (p *coveoProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		apikey.NewDataSource,
		apikey.NewKeysDataSource,
		apikey.NewTemplatesDataSource,
		access.NewCheckDataSource,
		access.NewHoldersDataSource,
		access.NewPrivilegesDataSource,
		organization.NewDataSource,
		export.NewDimensionsDataSource,
		export.NewEstimateDataSource,
		export.NewExportsDataSource,
		overview.NewDataSource,
		group.NewDataSource,
		collection.NewAuditDataSource,
	}
}

func (p *coveoProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{
		apikey.NewEphemeralResource,
		overview.NewEphemeralResource,
	}
}

func (p *coveoProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{
		apikey.NewListResource,
		group.NewListResource,
		export.NewListResource,
	}
}

func (p *coveoProvider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{
		apikey.NewExtendAction,
	}
}

func (p *coveoProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		access.NewDSRPrivilegesFunction,
		erasure.NewApprovalStatementFunction,
		erasure.NewDSRDeadlinesFunction,
		erasure.NewIdentifierDigestFunction,
		erasure.NewVerifyReceiptFunction,
		collection.NewTrackingEndpointsFunction,
		collection.NewTrackingSnippetFunction,
	}
}
