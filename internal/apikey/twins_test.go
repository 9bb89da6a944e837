// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	datasourceschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	ephemeralschema "github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/list"
	resourceschema "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// described is what the schemas of all kinds have in common.
type described interface {
	GetType() attr.Type
	GetMarkdownDescription() string
	IsSensitive() bool
}

func all[A described](attributes map[string]A) map[string]described {
	out := map[string]described{}
	for name, attribute := range attributes {
		out[name] = attribute
	}
	return out
}

func dataSourceAttributes(t *testing.T, source datasource.DataSource) map[string]datasourceschema.Attribute {
	t.Helper()
	var resp datasource.SchemaResponse
	source.Schema(t.Context(), datasource.SchemaRequest{}, &resp)
	return resp.Schema.Attributes
}

func shownKeys(t *testing.T) map[string]datasourceschema.Attribute {
	t.Helper()
	keys, ok := dataSourceAttributes(t, NewKeysDataSource())["keys"].(datasourceschema.ListNestedAttribute)
	if !ok {
		t.Fatal("keys is no list of objects")
	}
	return keys.NestedObject.Attributes
}

// ownWords are the attributes that a kind describes in words of its own, where it means something else by them or where the
// resource's words are about what the resource does. All others that two kinds share have the same description.
var ownWords = map[string]map[string]string{
	"ephemeral": {
		"display_name":         "it is the beginning of a name",
		"lifetime":             "it is a net, with a default",
		"unrestricted_erasure": "there always is a lifetime",
		"id":                   "each opening has another one",
		"value":                "it is in no state",
		"effective_privileges": "there is no plan",
		"description":          "there is no state",
		"duties":               "there is neither a template nor a change",
		"privileges":           "there is neither a template nor a change",
		"allowed_ips":          "there is no change",
		"denied_ips":           "there is no change",
		"timeouts":             "other operations",
	},
	"data source": {
		"id":                     "it is given or found",
		"display_name":           "it is given or found",
		"description":            "it is found",
		"enabled":                "it is found",
		"duties":                 "they are found",
		"effective_privileges":   "there is no plan",
		"template_id":            "it is found",
		"allowed_ips":            "they are found",
		"denied_ips":             "they are found",
		"api_keys_that_can_edit": "they are found",
		"groups_that_can_edit":   "they are found",
		"exposure":               "nothing is planned about it",
		"timeouts":               "other operations",
	},
}

// The resource, the ephemeral resource and the data sources of keys are faces of one thing: what they share has one type,
// one sensitivity and, where it means the same, one description.
func TestTwins_shareTypesAndWords(t *testing.T) {
	t.Parallel()
	resource := all(resourceSchema(t.Context()).Attributes)
	one := all(dataSourceAttributes(t, NewDataSource()))
	for _, twin := range []struct {
		name, kind string
		attributes map[string]described
		// own are attributes that no other kind has.
		own []string
	}{
		{"ephemeral coveo_api_key", "ephemeral", all(ephemeralSchema(t.Context()).Attributes), []string{"unique_display_name"}},
		{"data coveo_api_key", "data source", one, nil},
		{"data coveo_api_keys", "data source", all(shownKeys(t)), nil},
	} {
		own := ownWords[twin.kind]
		for _, name := range slices.Sorted(maps.Keys(twin.attributes)) {
			attribute, model := twin.attributes[name], resource[name]
			if model == nil {
				if !slices.Contains(twin.own, name) {
					t.Errorf("%s: the resource has no %s", twin.name, name)
				}
				continue
			}
			if name != "timeouts" && !attribute.GetType().Equal(model.GetType()) {
				t.Errorf("%s: %s is %s, and the resource's is %s", twin.name, name, attribute.GetType(), model.GetType())
			}
			if attribute.IsSensitive() != model.IsSensitive() {
				t.Errorf("%s: %s is sensitive: %t", twin.name, name, attribute.IsSensitive())
			}
			same := attribute.GetMarkdownDescription() == model.GetMarkdownDescription()
			if _, differs := own[name]; differs == same {
				t.Errorf("%s: %s is described alike: %t, which is not as it should be:\n  %s\n  %s", twin.name, name, same,
					attribute.GetMarkdownDescription(), model.GetMarkdownDescription())
			}
		}
	}
	// What both data sources show is one thing too, but for how a key is named.
	for name, shown := range all(shownKeys(t)) {
		alike := one[name] != nil && (name == "id" || name == "display_name" || shown.GetMarkdownDescription() == one[name].GetMarkdownDescription())
		if !alike || !shown.GetType().Equal(one[name].GetType()) {
			t.Errorf("the two data sources differ in %s", name)
		}
	}
}

// Words of its own begin as the other's where the attribute is the same argument: what differs is what follows from it.
func TestTwins_argumentsBeginAlike(t *testing.T) {
	t.Parallel()
	resource, ephemeral := all(resourceSchema(t.Context()).Attributes), all(ephemeralSchema(t.Context()).Attributes)
	for _, name := range []string{"duties", "privileges", "description", "allowed_ips", "denied_ips"} {
		want := firstSentence(resource[name].GetMarkdownDescription())
		if got := firstSentence(ephemeral[name].GetMarkdownDescription()); got != want {
			t.Errorf("%s begins with %q, and the resource's with %q", name, got, want)
		}
	}
}

func firstSentence(text string) string {
	first, _, _ := strings.Cut(text, ". ")
	return first
}

// A privilege that is shown has the same fields in the same words everywhere, and so has one that is asked for.
func TestTwins_privileges(t *testing.T) {
	t.Parallel()
	resource, ephemeral := resourceSchema(t.Context()).Attributes, ephemeralSchema(t.Context()).Attributes
	data := keyAttributes(t.Context())
	shown := all(resource["effective_privileges"].(resourceschema.SetNestedAttribute).NestedObject.Attributes)
	for kind, fields := range map[string]map[string]described{
		"ephemeral":   all(ephemeral["effective_privileges"].(ephemeralschema.SetNestedAttribute).NestedObject.Attributes),
		"data source": all(data["effective_privileges"].(datasourceschema.SetNestedAttribute).NestedObject.Attributes),
		"templates":   all(templateAttributes()["missing_privileges"].(datasourceschema.SetNestedAttribute).NestedObject.Attributes),
	} {
		for name, field := range shown {
			if fields[name] == nil || fields[name].GetMarkdownDescription() != field.GetMarkdownDescription() {
				t.Errorf("%s: a shown privilege's %s is described otherwise", kind, name)
			}
		}
	}
	asked := all(resource["privileges"].(resourceschema.SetNestedAttribute).NestedObject.Attributes)
	for kind, fields := range map[string]map[string]described{
		"ephemeral": all(ephemeral["privileges"].(ephemeralschema.SetNestedAttribute).NestedObject.Attributes),
		"filter":    all(dataSourceAttributes(t, NewKeysDataSource())["privileges"].(datasourceschema.SetNestedAttribute).NestedObject.Attributes),
	} {
		for name, field := range asked {
			if fields[name] == nil || fields[name].GetMarkdownDescription()+" A change makes a new key." != field.GetMarkdownDescription() {
				t.Errorf("%s: a privilege's %s is described otherwise", kind, name)
			}
		}
	}
}

// Nothing that reads keys shows a value, not even a masked one, nor the identities that a configuration names.
func TestTwins_readersShowNoSecret(t *testing.T) {
	t.Parallel()
	for _, attributes := range []map[string]described{all(dataSourceAttributes(t, NewDataSource())), all(shownKeys(t))} {
		for _, name := range []string{"value", "encrypted_value", "additional_configuration"} {
			if attributes[name] != nil {
				t.Errorf("a data source shows %s", name)
			}
		}
	}
}

// The list resource and the data source find keys by the same filters.
func TestTwins_filters(t *testing.T) {
	t.Parallel()
	var resp list.ListResourceSchemaResponse
	NewListResource().ListResourceConfigSchema(t.Context(), list.ListResourceSchemaRequest{}, &resp)
	listed, found := all(resp.Schema.Attributes), all(dataSourceAttributes(t, NewKeysDataSource()))
	delete(found, "keys")
	if got, want := slices.Sorted(maps.Keys(listed)), slices.Sorted(maps.Keys(found)); !slices.Equal(got, want) {
		t.Fatalf("the list has %v, the data source %v", got, want)
	}
	for name, attribute := range listed {
		if name == "timeouts" {
			continue
		}
		if attribute.GetMarkdownDescription() != found[name].GetMarkdownDescription() {
			t.Errorf("%s is described in two ways", name)
		}
		// The schemas of lists know no sets.
		if element(attribute.GetType()) != element(found[name].GetType()) {
			t.Errorf("%s is %s and %s", name, attribute.GetType(), found[name].GetType())
		}
	}
}

func element(kind attr.Type) string {
	switch kind := kind.(type) {
	case types.ListType:
		return fmt.Sprintf("many %s", kind.ElemType)
	case types.SetType:
		return fmt.Sprintf("many %s", kind.ElemType)
	}
	return kind.String()
}
