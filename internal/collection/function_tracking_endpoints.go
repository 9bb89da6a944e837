// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ function.Function = trackingEndpoints{}

// NewTrackingEndpointsFunction is provider::coveo::tracking_endpoints.
func NewTrackingEndpointsFunction() function.Function { return trackingEndpoints{} }

type trackingEndpoints struct{}

type endpointModel struct {
	Kind           string       `tfsdk:"kind"`
	Method         string       `tfsdk:"method"`
	Path           string       `tfsdk:"path"`
	Pattern        string       `tfsdk:"pattern"`
	Hosts          []string     `tfsdk:"hosts"`
	Records        string       `tfsdk:"records"`
	CaptureSwitch  types.String `tfsdk:"capture_switch"`
	CaptureDefault types.String `tfsdk:"capture_default"`
	Note           string       `tfsdk:"note"`
}

func (trackingEndpoints) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "tracking_endpoints"
}

func (trackingEndpoints) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "The calls that record usage analytics",
		MarkdownDescription: "Returns a list of objects, one for each call that records usage analytics or can, for firewalls, proxies and content security " +
			"policies. It is the table that `coveo_tracking_audit` reads.\n\n" +
			"* `kind`: the form of the body: `write_api`, `collect`, `event_protocol`, or one of the queries that Coveo can record itself.\n" +
			"* `method` and `path`, with placeholders such as `{organizationId}`.\n" +
			"* `pattern`: a regular expression (RE2) for the end of a URL's path, without the query. It is meant for any host, because customers put proxies in front.\n" +
			"* `hosts`: the families of Coveo's hosts that answer; `{organization}` and `{eu,au,ca}` stand for what differs.\n" +
			"* `records`: `always`; `when_captured`, for queries that record where the body says so; or `uncertain`, where no document tells.\n" +
			"* `capture_switch`: the field of the body that says so, such as `analytics.capture`; null elsewhere.\n" +
			"* `capture_default`: what a body without it means: `false` or `uncertain`; null elsewhere.\n" +
			"* `note`: what else has to be known.",
		Return: function.ListReturn{ElementType: types.ObjectType{AttrTypes: map[string]attr.Type{
			"kind": types.StringType, "method": types.StringType, "path": types.StringType, "pattern": types.StringType,
			"hosts": types.ListType{ElemType: types.StringType}, "records": types.StringType, "capture_switch": types.StringType,
			"capture_default": types.StringType, "note": types.StringType,
		}}},
	}
}

func (trackingEndpoints) Run(ctx context.Context, _ function.RunRequest, resp *function.RunResponse) {
	rows := make([]endpointModel, 0, len(endpoints))
	for _, e := range Endpoints() {
		rows = append(rows, endpointModel{
			Kind: string(e.Kind), Method: e.Method, Path: e.Path, Pattern: e.Pattern.String(), Hosts: e.Hosts, Records: e.Records,
			CaptureSwitch: optional(e.Switch), CaptureDefault: optional(e.Default), Note: e.Note,
		})
	}
	resp.Error = resp.Result.Set(ctx, rows)
}

func optional(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}
