// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package export

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

var _ list.ListResourceWithConfigure = (*exportList)(nil)

// NewListResource lists exports for coveo_user_data_export.
func NewListResource() list.ListResource { return &exportList{} }

type exportList struct {
	service *Service
	people  *subject.Directory
}

type listModel struct {
	OnlyWithFile types.Bool `tfsdk:"only_with_file"`
}

func (l *exportList) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_user_data_export"
}

func (l *exportList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the exports that the organization keeps, whoever made them, oldest first. What is imported from it lacks its people: see the resource.",
		Attributes: map[string]schema.Attribute{
			"only_with_file": schema.BoolAttribute{
				Optional: true, MarkdownDescription: "Leaves out exports that failed or expired. Default `false`.",
			},
		},
	}
}

func (l *exportList) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	if host := hostOf(req.ProviderData, &resp.Diagnostics); host != nil {
		l.service, l.people = host.Exports(), host.People()
	}
}

func (l *exportList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var config listModel
	if diags := req.Config.Get(ctx, &config); diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	exports, err := l.service.List(ctx)
	if err != nil {
		stream.Results = list.ListResultsStreamDiagnostics(diag.Diagnostics{diagnose.Error("Exports cannot be listed", err)})
		return
	}
	exports = slices.SortedFunc(slices.Values(exports), func(a, b coveo.Export) int {
		if order := a.StartDate.Compare(b.StartDate.Time); order != 0 {
			return order
		}
		return strings.Compare(a.ID, b.ID)
	})
	if config.OnlyWithFile.ValueBool() {
		exports = slices.DeleteFunc(exports, func(e coveo.Export) bool { return !HasFile(&e) })
	}
	hidden := slices.Concat(slices.Collect(mapValues(casesOf(l.people)))...)
	stream.Results = func(push func(list.ListResult) bool) {
		for i := range exports {
			if req.Limit > 0 && int64(i) >= req.Limit {
				return
			}
			if !push(l.result(ctx, req, &exports[i], hidden)) {
				return
			}
		}
	}
}

func mapValues(cases map[string][]string) func(func([]string) bool) {
	return func(yield func([]string) bool) {
		for _, ids := range cases {
			if !yield(ids) {
				return
			}
		}
	}
}

// result is one export as an import would have it. A description that names a person of the vault is left out.
func (l *exportList) result(ctx context.Context, req list.ListRequest, e *coveo.Export, hidden []string) list.ListResult {
	result := req.NewListResult(ctx)
	description := undescribe(e.Description)
	if description == "" || names(description, hidden) {
		description = e.ID
	}
	result.DisplayName = fmt.Sprintf("%s (%s, %s)", description, statusOf(e), e.StartDate.UTC().Format("2006-01-02"))
	result.Diagnostics.Append(identify(ctx, result.Identity, l.service.api.OrganizationID(), types.StringValue(e.ID))...)
	if !req.IncludeResource {
		return result
	}
	var seen model
	seen.observe(e)
	for name, value := range map[string]attr.Value{
		"id": seen.ID, "status": seen.Status, "started_at": seen.StartedAt, "effective_from": seen.EffectiveFrom, "effective_to": seen.EffectiveTo,
		"size_bytes": seen.Size, "tables": texts(e.Tables), "dimensions": texts(e.Dimensions), "use_display_names": types.BoolValue(e.UsingDisplayNames),
	} {
		result.Diagnostics.Append(result.Resource.SetAttribute(ctx, path.Root(name), value)...)
	}
	if !names(e.Description, hidden) {
		result.Diagnostics.Append(result.Resource.SetAttribute(ctx, path.Root("description"), text(undescribe(e.Description)))...)
	}
	if !names(e.Author, hidden) {
		result.Diagnostics.Append(result.Resource.SetAttribute(ctx, path.Root("author"), text(e.Author))...)
	}
	return result
}
