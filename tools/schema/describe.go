// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// formatVersion is the version of the JSON form that Terraform 1.x prints.
const formatVersion = "1.0"

// describe asks a provider server for all it offers and puts the answer into Terraform's JSON form.
func describe(ctx context.Context, name string, server tfprotov6.ProviderServer) (*tfjson.ProviderSchemas, error) {
	answer, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return nil, err
	}

	d := &describer{}
	d.diagnostics(answer.Diagnostics)
	d.diagnostics(identities.Diagnostics)
	described := &tfjson.ProviderSchema{
		ConfigSchema:             d.schema(answer.Provider),
		ResourceSchemas:          each(answer.ResourceSchemas, d.schema),
		DataSourceSchemas:        each(answer.DataSourceSchemas, d.schema),
		EphemeralResourceSchemas: each(answer.EphemeralResourceSchemas, d.schema),
		ListResourceSchemas:      each(answer.ListResourceSchemas, d.schema),
		ActionSchemas:            each(answer.ActionSchemas, d.action),
		Functions:                each(answer.Functions, d.function),
		ResourceIdentitySchemas:  each(identities.IdentitySchemas, d.identity),
	}
	if err := errors.Join(d.problems...); err != nil {
		return nil, err
	}
	return &tfjson.ProviderSchemas{
		FormatVersion: formatVersion,
		Schemas:       map[string]*tfjson.ProviderSchema{name: described},
	}, nil
}

// A describer turns the protocol's descriptions into Terraform's JSON ones and collects what went wrong on the way.
type describer struct {
	problems []error
}

func (d *describer) diagnostics(diagnostics []*tfprotov6.Diagnostic) {
	for _, diagnostic := range diagnostics {
		if diagnostic.Severity == tfprotov6.DiagnosticSeverityError {
			d.problems = append(d.problems, fmt.Errorf("%s: %s", diagnostic.Summary, diagnostic.Detail))
		}
	}
}

func (d *describer) schema(from *tfprotov6.Schema) *tfjson.Schema {
	if from == nil {
		return &tfjson.Schema{}
	}
	return &tfjson.Schema{Version: unsigned(from.Version), Block: d.block(from.Block)}
}

func (d *describer) action(from *tfprotov6.ActionSchema) *tfjson.ActionSchema {
	return &tfjson.ActionSchema{Block: d.schema(from.Schema).Block}
}

func (d *describer) block(from *tfprotov6.SchemaBlock) *tfjson.SchemaBlock {
	to := &tfjson.SchemaBlock{
		Attributes:      d.attributes(from.Attributes),
		NestedBlocks:    make(map[string]*tfjson.SchemaBlockType, len(from.BlockTypes)),
		Description:     from.Description,
		DescriptionKind: kind(from.DescriptionKind),
		Deprecated:      from.Deprecated,
	}
	for _, nested := range from.BlockTypes {
		to.NestedBlocks[nested.TypeName] = &tfjson.SchemaBlockType{
			NestingMode: nesting(nested.Nesting),
			Block:       d.block(nested.Block),
			MinItems:    unsigned(nested.MinItems),
			MaxItems:    unsigned(nested.MaxItems),
		}
	}
	return to
}

func (d *describer) attributes(from []*tfprotov6.SchemaAttribute) map[string]*tfjson.SchemaAttribute {
	to := make(map[string]*tfjson.SchemaAttribute, len(from))
	for _, attribute := range from {
		to[attribute.Name] = d.attribute(attribute)
	}
	return to
}

func (d *describer) attribute(from *tfprotov6.SchemaAttribute) *tfjson.SchemaAttribute {
	to := &tfjson.SchemaAttribute{
		Description:     from.Description,
		DescriptionKind: kind(from.DescriptionKind),
		Deprecated:      from.Deprecated,
		Required:        from.Required,
		Optional:        from.Optional,
		Computed:        from.Computed,
		Sensitive:       from.Sensitive,
		WriteOnly:       from.WriteOnly,
	}
	if from.NestedType == nil {
		d.valueType(from.Name, from.Type, &to.AttributeType)
		return to
	}
	to.AttributeNestedType = &tfjson.SchemaNestedAttributeType{
		Attributes:  d.attributes(from.NestedType.Attributes),
		NestingMode: nesting(from.NestedType.Nesting),
	}
	return to
}

func (d *describer) identity(from *tfprotov6.ResourceIdentitySchema) *tfjson.IdentitySchema {
	to := &tfjson.IdentitySchema{
		Version:    unsigned(from.Version),
		Attributes: make(map[string]*tfjson.IdentityAttribute, len(from.IdentityAttributes)),
	}
	for _, attribute := range from.IdentityAttributes {
		described := &tfjson.IdentityAttribute{
			Description:       attribute.Description,
			RequiredForImport: attribute.RequiredForImport,
			OptionalForImport: attribute.OptionalForImport,
		}
		d.valueType(attribute.Name, attribute.Type, &described.IdentityType)
		to.Attributes[attribute.Name] = described
	}
	return to
}

func (d *describer) function(from *tfprotov6.Function) *tfjson.FunctionSignature {
	to := &tfjson.FunctionSignature{
		Description:        from.Description,
		Summary:            from.Summary,
		DeprecationMessage: from.DeprecationMessage,
	}
	d.valueType("return value", from.Return.Type, &to.ReturnType)
	for _, parameter := range from.Parameters {
		to.Parameters = append(to.Parameters, d.parameter(parameter))
	}
	if from.VariadicParameter != nil {
		to.VariadicParameter = d.parameter(from.VariadicParameter)
	}
	return to
}

func (d *describer) parameter(from *tfprotov6.FunctionParameter) *tfjson.FunctionParameter {
	to := &tfjson.FunctionParameter{
		Name:        from.Name,
		Description: from.Description,
		IsNullable:  from.AllowNullValue,
	}
	d.valueType(from.Name, from.Type, &to.Type)
	return to
}

// valueType carries a type over by its JSON form, the one thing that the protocol's types and Terraform's own share.
func (d *describer) valueType(of string, from tftypes.Type, to json.Unmarshaler) {
	encoded, err := json.Marshal(from)
	if err == nil {
		err = to.UnmarshalJSON(encoded)
	}
	if err != nil {
		d.problems = append(d.problems, fmt.Errorf("type of %s: %w", of, err))
	}
}

// each converts every value of a map, in the order of its keys so that problems are always told in the same order.
func each[From, To any](from map[string]From, convert func(From) To) map[string]To {
	to := make(map[string]To, len(from))
	for _, key := range slices.Sorted(maps.Keys(from)) {
		to[key] = convert(from[key])
	}
	return to
}

func kind(from tfprotov6.StringKind) tfjson.SchemaDescriptionKind {
	if from == tfprotov6.StringKindMarkdown {
		return tfjson.SchemaDescriptionKindMarkdown
	}
	return tfjson.SchemaDescriptionKindPlain
}

// nesting serves blocks and nested attributes alike: both spell their modes in capitals where Terraform writes small letters.
func nesting(from fmt.Stringer) tfjson.SchemaNestingMode {
	return tfjson.SchemaNestingMode(strings.ToLower(from.String()))
}

// unsigned is for versions and item counts, of which the protocol has no negative ones.
func unsigned(n int64) uint64 {
	return uint64(max(n, 0))
}
