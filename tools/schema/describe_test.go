// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// everything is a server that has one of each kind that a provider can offer, and of each shape that a schema can take.
type everything struct {
	tfprotov6.ProviderServer

	problem *tfprotov6.Diagnostic
}

func (e everything) GetProviderSchema(
	context.Context, *tfprotov6.GetProviderSchemaRequest,
) (*tfprotov6.GetProviderSchemaResponse, error) {
	one := &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{}}
	answer := &tfprotov6.GetProviderSchemaResponse{
		Provider: &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{
			Description:     "The *provider*.",
			DescriptionKind: tfprotov6.StringKindMarkdown,
			Attributes: []*tfprotov6.SchemaAttribute{
				{Name: "token", Type: tftypes.String, Optional: true, Sensitive: true, Description: "Plain."},
			},
		}},
		ResourceSchemas: map[string]*tfprotov6.Schema{"x_thing": {
			Version: 2,
			Block: &tfprotov6.SchemaBlock{
				Attributes: []*tfprotov6.SchemaAttribute{
					{Name: "id", Type: tftypes.String, Computed: true},
					{Name: "secret", Type: tftypes.String, Required: true, WriteOnly: true},
					{Name: "old", Type: tftypes.Map{ElementType: tftypes.Number}, Optional: true, Deprecated: true},
					{Name: "any", Type: tftypes.DynamicPseudoType, Optional: true},
					{Name: "shape", Optional: true, Type: tftypes.Object{
						AttributeTypes: map[string]tftypes.Type{"on": tftypes.Bool},
					}},
					{Name: "rules", Optional: true, NestedType: &tfprotov6.SchemaObject{
						Nesting: tfprotov6.SchemaObjectNestingModeSet,
						Attributes: []*tfprotov6.SchemaAttribute{
							{Name: "owner", Type: tftypes.List{ElementType: tftypes.String}, Required: true},
						},
					}},
				},
				BlockTypes: []*tfprotov6.SchemaNestedBlock{{
					TypeName: "timeouts",
					Nesting:  tfprotov6.SchemaNestedBlockNestingModeList,
					MinItems: 1,
					MaxItems: 3,
					Block: &tfprotov6.SchemaBlock{Attributes: []*tfprotov6.SchemaAttribute{
						{Name: "create", Type: tftypes.String, Optional: true},
					}},
				}},
			},
		}},
		DataSourceSchemas:        map[string]*tfprotov6.Schema{"x_data": one},
		EphemeralResourceSchemas: map[string]*tfprotov6.Schema{"x_ephemeral": one},
		ListResourceSchemas:      map[string]*tfprotov6.Schema{"x_list": one},
		ActionSchemas:            map[string]*tfprotov6.ActionSchema{"x_action": {Schema: one}},
		Functions: map[string]*tfprotov6.Function{"f": {
			Summary:           "Short.",
			Description:       "Long.",
			Return:            &tfprotov6.FunctionReturn{Type: tftypes.Set{ElementType: tftypes.String}},
			Parameters:        []*tfprotov6.FunctionParameter{{Name: "p", Type: tftypes.String, AllowNullValue: true}},
			VariadicParameter: &tfprotov6.FunctionParameter{Name: "rest", Type: tftypes.Bool},
		}},
	}
	if e.problem != nil {
		answer.Diagnostics = append(answer.Diagnostics, e.problem)
	}
	return answer, nil
}

func (everything) GetResourceIdentitySchemas(
	context.Context, *tfprotov6.GetResourceIdentitySchemasRequest,
) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov6.GetResourceIdentitySchemasResponse{
		IdentitySchemas: map[string]*tfprotov6.ResourceIdentitySchema{"x_thing": {
			Version: 1,
			IdentityAttributes: []*tfprotov6.ResourceIdentitySchemaAttribute{
				{Name: "id", Type: tftypes.String, RequiredForImport: true, Description: "Its ID."},
			},
		}},
	}, nil
}

func TestDescribe_everyKindAndShape(t *testing.T) {
	described, err := describe(t.Context(), "x", everything{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(described)
	if err != nil {
		t.Fatal(err)
	}

	const empty = `{"version": 0, "block": {"description_kind": "plain"}}`
	want := `{
  "format_version": "1.0",
  "provider_schemas": {"x": {
    "provider": {"version": 0, "block": {
      "description": "The *provider*.", "description_kind": "markdown",
      "attributes": {"token": {
        "type": "string", "optional": true, "sensitive": true, "description": "Plain.", "description_kind": "plain"
      }}
    }},
    "resource_schemas": {"x_thing": {"version": 2, "block": {
      "description_kind": "plain",
      "attributes": {
        "id": {"type": "string", "computed": true, "description_kind": "plain"},
        "secret": {"type": "string", "required": true, "write_only": true, "description_kind": "plain"},
        "old": {"type": ["map", "number"], "optional": true, "deprecated": true, "description_kind": "plain"},
        "any": {"type": "dynamic", "optional": true, "description_kind": "plain"},
        "shape": {"type": ["object", {"on": "bool"}], "optional": true, "description_kind": "plain"},
        "rules": {"optional": true, "description_kind": "plain", "nested_type": {
          "nesting_mode": "set",
          "attributes": {"owner": {"type": ["list", "string"], "required": true, "description_kind": "plain"}}
        }}
      },
      "block_types": {"timeouts": {"nesting_mode": "list", "min_items": 1, "max_items": 3, "block": {
        "description_kind": "plain",
        "attributes": {"create": {"type": "string", "optional": true, "description_kind": "plain"}}
      }}}
    }}},
    "data_source_schemas": {"x_data": ` + empty + `},
    "ephemeral_resource_schemas": {"x_ephemeral": ` + empty + `},
    "list_resource_schemas": {"x_list": ` + empty + `},
    "action_schemas": {"x_action": {"block": {"description_kind": "plain"}}},
    "functions": {"f": {
      "summary": "Short.", "description": "Long.", "return_type": ["set", "string"],
      "parameters": [{"name": "p", "type": "string", "is_nullable": true}],
      "variadic_parameter": {"name": "rest", "type": "bool"}
    }},
    "resource_identity_schemas": {"x_thing": {"version": 1, "attributes": {
      "id": {"type": "string", "required_for_import": true, "description": "Its ID."}
    }}}
  }}
}`
	if diff := cmp.Diff(decoded(t, []byte(want)), decoded(t, got)); diff != "" {
		t.Errorf("described otherwise than Terraform does (-want +got):\n%s", diff)
	}
}

func TestDescribe_aProviderThatReportsAnErrorIsNotDescribed(t *testing.T) {
	_, err := describe(t.Context(), "x", everything{problem: &tfprotov6.Diagnostic{
		Severity: tfprotov6.DiagnosticSeverityError, Summary: "Broken", Detail: "two attributes of one name",
	}})
	if err == nil || err.Error() != "Broken: two attributes of one name" {
		t.Errorf("got error %v, want the provider's own words", err)
	}
}

func TestDescribe_aWarningDoesNotStopIt(t *testing.T) {
	_, err := describe(t.Context(), "x", everything{problem: &tfprotov6.Diagnostic{
		Severity: tfprotov6.DiagnosticSeverityWarning, Summary: "Mind the gap",
	}})
	if err != nil {
		t.Error(err)
	}
}

func decoded(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var value map[string]any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	return value
}
