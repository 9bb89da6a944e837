// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/provider"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// Unknown is a value that is known only after apply.
type Unknown struct{}

// Seen is what a data source answered: its attributes as plain Go values (numbers as int64), and what it said.
type Seen struct {
	State map[string]any
	// Says are the diagnostics, one after the other, as "ERROR path: summary: detail".
	Says string
	// Failed tells whether one of them is an error.
	Failed bool
}

// Look reads a data source over the protocol, without a command line, which is a thousand times faster and lets values be
// unknown; with an unknown argument it is only validated. Arguments that are not named are null. The provider block names the organization and the administrator's token;
// block adds to it.
func Look(t *testing.T, server *simulator.Server, block map[string]any, kind string, arguments map[string]any, options ...provider.Option) Seen {
	t.Helper()
	ctx := t.Context()
	host := providerserver.NewProtocol6(provider.New("test", options...)())()
	schemas, err := host.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	settings := map[string]any{
		"organization_id": server.ID(), "access_token": simulator.AdminToken, "platform_url": server.URL,
		"requests_per_second": 5000, "analytics_requests_per_second": 5000, "max_retries": 0,
	}
	maps.Copy(settings, block)
	config := dynamic(t, schemas.Provider.ValueType(), settings)
	configured, err := host.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{Config: config})
	if err != nil {
		t.Fatal(err)
	}
	if seen := said(configured.Diagnostics); seen.Failed {
		t.Fatal(seen.Says)
	}
	shape := schemas.DataSourceSchemas[kind].ValueType()
	config = dynamic(t, shape, arguments)
	validated, err := host.ValidateDataResourceConfig(ctx, &tfprotov6.ValidateDataResourceConfigRequest{TypeName: kind, Config: config})
	if err != nil {
		t.Fatal(err)
	}
	if seen := said(validated.Diagnostics); seen.Failed {
		return seen
	}
	if value, err := config.Unmarshal(shape); err != nil || !value.IsFullyKnown() {
		// Terraform would wait for the apply.
		return said(validated.Diagnostics)
	}
	read, err := host.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: kind, Config: config})
	if err != nil {
		t.Fatal(err)
	}
	seen := said(read.Diagnostics)
	if seen.Failed {
		return seen
	}
	state, err := read.State.Unmarshal(shape)
	if err != nil {
		t.Fatal(err)
	}
	attributes, ok := plain(t, state).(map[string]any)
	if !ok {
		t.Fatalf("%s has no state", kind)
	}
	seen.State = attributes
	return seen
}

func said(diagnostics []*tfprotov6.Diagnostic) Seen {
	var (
		seen  Seen
		lines []string
	)
	for _, d := range diagnostics {
		seen.Failed = seen.Failed || d.Severity == tfprotov6.DiagnosticSeverityError
		line := d.Severity.String()
		if d.Attribute != nil {
			line += " " + d.Attribute.String()
		}
		lines = append(lines, line+": "+d.Summary+": "+d.Detail)
	}
	seen.Says = strings.Join(lines, "\n")
	return seen
}

func dynamic(t *testing.T, kind tftypes.Type, given map[string]any) *tfprotov6.DynamicValue {
	t.Helper()
	if given == nil {
		given = map[string]any{}
	}
	value, err := tfprotov6.NewDynamicValue(kind, typed(t, kind, given))
	if err != nil {
		t.Fatal(err)
	}
	return &value
}

// typed gives a plain value a type.
func typed(t *testing.T, kind tftypes.Type, given any) tftypes.Value {
	t.Helper()
	switch v := given.(type) {
	case Unknown:
		return tftypes.NewValue(kind, tftypes.UnknownValue)
	case map[string]any:
		elements := map[string]tftypes.Value{}
		switch k := kind.(type) {
		case tftypes.Object:
			for name, inner := range k.AttributeTypes {
				elements[name] = typed(t, inner, v[name])
			}
			for name := range v {
				if _, known := k.AttributeTypes[name]; !known {
					t.Fatalf("there is no attribute %s", name)
				}
			}
		case tftypes.Map:
			for name, inner := range v {
				elements[name] = typed(t, k.ElementType, inner)
			}
		}
		return tftypes.NewValue(kind, elements)
	case []any:
		var inner tftypes.Type
		switch k := kind.(type) {
		case tftypes.Set:
			inner = k.ElementType
		case tftypes.List:
			inner = k.ElementType
		}
		elements := make([]tftypes.Value, 0, len(v))
		for _, element := range v {
			elements = append(elements, typed(t, inner, element))
		}
		return tftypes.NewValue(kind, elements)
	}
	return tftypes.NewValue(kind, given)
}

// plain is a value without its type. Sets become lists, sorted where they hold texts.
func plain(t *testing.T, value tftypes.Value) any {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	switch kind := value.Type(); {
	case value.IsNull():
		return nil
	case kind.Is(tftypes.String):
		var text string
		must(value.As(&text))
		return text
	case kind.Is(tftypes.Bool):
		var flag bool
		must(value.As(&flag))
		return flag
	case kind.Is(tftypes.Number):
		var number big.Float
		must(value.As(&number))
		whole, _ := number.Int64()
		return whole
	case kind.Is(tftypes.Object{}), kind.Is(tftypes.Map{}):
		var inner map[string]tftypes.Value
		must(value.As(&inner))
		out := map[string]any{}
		for name, v := range inner {
			out[name] = plain(t, v)
		}
		return out
	}
	var inner []tftypes.Value
	must(value.As(&inner))
	out := []any{}
	for _, v := range inner {
		out = append(out, plain(t, v))
	}
	if value.Type().Is(tftypes.Set{}) {
		slices.SortFunc(out, func(a, b any) int {
			x, _ := a.(string)
			y, _ := b.(string)
			return strings.Compare(x, y)
		})
	}
	return out
}
