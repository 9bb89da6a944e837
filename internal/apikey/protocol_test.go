// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/provider"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// protocol is a configured provider that is spoken to as a command line speaks to it.
type protocol struct {
	tfprotov6.ProviderServer

	t         *testing.T
	described *tfprotov6.GetProviderSchemaResponse
}

// speak configures a provider for the world's organization. token is the administrator's where it is known.
func (w *world) speak(options ...provider.Option) *protocol {
	w.t.Helper()
	return w.speakWith(tftypes.NewValue(tftypes.String, simulator.AdminToken), options...)
}

func (w *world) speakWith(token tftypes.Value, options ...provider.Option) *protocol {
	w.t.Helper()
	server, err := acctest.Factories(append([]provider.Option{provider.WithClock(w.clock)}, options...)...)["coveo"]()
	if err != nil {
		w.t.Fatal(err)
	}
	p := &protocol{ProviderServer: server, t: w.t}
	if p.described, err = server.GetProviderSchema(w.t.Context(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		w.t.Fatal(err)
	}
	config := p.config(p.described.Provider, map[string]tftypes.Value{
		"organization_id": str(w.ID()), "access_token": token, "platform_url": str(w.URL),
	})
	configured, err := server.ConfigureProvider(context.Background(), &tfprotov6.ConfigureProviderRequest{Config: config})
	if err != nil || len(configured.Diagnostics) != 0 {
		w.t.Fatalf("%v, diagnostics: %+v", err, configured)
	}
	return p
}

// config is a block of a schema with these arguments; the others are null.
func (p *protocol) config(schema *tfprotov6.Schema, arguments map[string]tftypes.Value) *tfprotov6.DynamicValue {
	p.t.Helper()
	object := schema.ValueType().(tftypes.Object)
	values := map[string]tftypes.Value{}
	for name, kind := range object.AttributeTypes {
		values[name] = tftypes.NewValue(kind, nil)
	}
	for name, value := range arguments {
		if _, known := values[name]; !known {
			p.t.Fatalf("there is no argument %s", name)
		}
		values[name] = value
	}
	config, err := tfprotov6.NewDynamicValue(object, tftypes.NewValue(object, values))
	if err != nil {
		p.t.Fatal(err)
	}
	return &config
}

// decoded is an answer of a schema, by attribute.
func (p *protocol) decoded(schema *tfprotov6.Schema, value *tfprotov6.DynamicValue) map[string]tftypes.Value {
	p.t.Helper()
	whole, err := value.Unmarshal(schema.ValueType())
	if err != nil {
		p.t.Fatal(err)
	}
	var attributes map[string]tftypes.Value
	if err := whole.As(&attributes); err != nil {
		p.t.Fatal(err)
	}
	return attributes
}

func str(value string) tftypes.Value { return tftypes.NewValue(tftypes.String, value) }

func unknown(kind tftypes.Type) tftypes.Value { return tftypes.NewValue(kind, tftypes.UnknownValue) }

func setOf(values ...string) tftypes.Value {
	elements := make([]tftypes.Value, 0, len(values))
	for _, value := range values {
		elements = append(elements, str(value))
	}
	return tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, elements)
}

func listOf(values ...string) tftypes.Value {
	elements := make([]tftypes.Value, 0, len(values))
	for _, value := range values {
		elements = append(elements, str(value))
	}
	return tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, elements)
}

// textOf is a string that is known and set.
func textOf(t *testing.T, value tftypes.Value) string {
	t.Helper()
	var text *string
	if err := value.As(&text); err != nil || text == nil {
		t.Fatalf("%s is no text: %v", value, err)
	}
	return *text
}

// said finds a diagnostic with all of these words.
func said(diagnostics []*tfprotov6.Diagnostic, severity tfprotov6.DiagnosticSeverity, words ...string) error {
	e := &ear{}
	e.hear(diagnostics)
	return e.find(severity, words...)
}

func failed(diagnostics []*tfprotov6.Diagnostic) bool {
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			return true
		}
	}
	return false
}

func inWords(diagnostics []*tfprotov6.Diagnostic) string {
	var all strings.Builder
	for _, d := range diagnostics {
		fmt.Fprintf(&all, "%s: %s: %s\n", d.Severity, d.Summary, d.Detail)
	}
	return all.String()
}
