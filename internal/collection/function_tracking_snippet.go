// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection

import (
	"context"
	"errors"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ function.Function = trackingSnippet{}

// NewTrackingSnippetFunction is provider::coveo::tracking_snippet.
func NewTrackingSnippetFunction() function.Function { return trackingSnippet{} }

type trackingSnippet struct{}

type snippetModel struct {
	Library          string            `tfsdk:"library"`
	Mode             string            `tfsdk:"mode"`
	EffectiveMode    string            `tfsdk:"effective_mode"`
	Language         string            `tfsdk:"language"`
	Code             string            `tfsdk:"code"`
	Attributes       map[string]string `tfsdk:"attributes"`
	Guarantees       []string          `tfsdk:"guarantees"`
	DoesNotGuarantee []string          `tfsdk:"does_not_guarantee"`
}

func (trackingSnippet) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "tracking_snippet"
}

func (trackingSnippet) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	texts := types.ListType{ElemType: types.StringType}
	resp.Definition = function.Definition{
		Summary: "Code that masks or stops what a library records",
		MarkdownDescription: "Returns an object: `code` that makes a Coveo library send no names, or nothing, its `language` (`javascript`, `html` or `json`), the " +
			"same as HTML `attributes` where there are any, and lists of what it `guarantees` and what it `does_not_guarantee`. `library` and `mode` are what was " +
			"asked for. `effective_mode` is what the code does: `disabled` where `anonymous` has no effect, as in next mode and in Relay.\n\n" +
			"The code is tested in a browser with Coveo's own libraries. Read both lists before you promise anything.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "library", MarkdownDescription: "One of `" + strings.Join(Libraries(), "`, `") + "`. Headless and Atomic are in next mode " +
				"since Headless 3, unless `analyticsMode` says `legacy`. `jsf` is the JavaScript Search Framework."},
			function.StringParameter{Name: "mode", MarkdownDescription: "`anonymous`: events without names. `disabled`: no events."},
		},
		Return: function.ObjectReturn{AttributeTypes: map[string]attr.Type{
			"library": types.StringType, "mode": types.StringType, "effective_mode": types.StringType, "language": types.StringType, "code": types.StringType,
			"attributes": types.MapType{ElemType: types.StringType}, "guarantees": texts, "does_not_guarantee": texts,
		}},
	}
}

func (trackingSnippet) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var library, mode string
	resp.Error = req.Arguments.Get(ctx, &library, &mode)
	if resp.Error != nil {
		return
	}
	s, err := SnippetFor(library, Mode(mode))
	switch {
	case errors.Is(err, ErrLibrary):
		resp.Error = function.NewArgumentFuncError(0, "The library cannot be used: "+err.Error()+".")
		return
	case errors.Is(err, ErrMode):
		resp.Error = function.NewArgumentFuncError(1, "The mode cannot be used: "+err.Error()+".")
		return
	case err != nil:
		resp.Error = function.NewFuncError("The code cannot be read: " + err.Error() + ".")
		return
	}
	attributes := s.Attributes
	if attributes == nil {
		attributes = map[string]string{}
	}
	resp.Error = resp.Result.Set(ctx, snippetModel{
		Library: s.Library, Mode: string(s.Mode), EffectiveMode: string(s.EffectiveMode), Language: s.Language, Code: s.Code,
		Attributes: attributes, Guarantees: s.Guarantees, DoesNotGuarantee: s.DoesNotGuarantee,
	})
}
