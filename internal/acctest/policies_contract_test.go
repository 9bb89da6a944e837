// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/provider"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// The contract is what policies may rely on. A change that breaks it breaks policies that nobody here can see: add to it as
// you like, and change or remove only with a major version.

type contractAttribute struct {
	Type  string `json:"type"`
	Known bool   `json:"known_at_plan"`
}

type contract struct {
	Provider    map[string]contractAttribute            `json:"provider"`
	Resources   map[string]map[string]contractAttribute `json:"resources"`
	DataSources map[string]map[string]contractAttribute `json:"data_sources"`
	// Plan lists paths that plan JSON always has; [] stands for an element of a list, {} for one of an object.
	Plan []string `json:"plan"`
}

func readContract(t *testing.T) contract {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(repository(t), "examples", "policies", "contract.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Contract contract }
	if err := json.Unmarshal(content, &file); err != nil {
		t.Fatal(err)
	}
	return file.Contract
}

// attributesOf lists a schema's attributes with their types, those of nested ones as parent.child.
func attributesOf(attributes []*tfprotov6.SchemaAttribute, prefix string) map[string]string {
	found := map[string]string{}
	for _, attribute := range attributes {
		found[prefix+attribute.Name] = strings.ReplaceAll(attribute.ValueType().String(), "tftypes.", "")
		if attribute.NestedType != nil {
			found[prefix+attribute.Name] = strings.ToLower(attribute.NestedType.Nesting.String())
			maps.Copy(found, attributesOf(attribute.NestedType.Attributes, prefix+attribute.Name+"."))
		}
	}
	return found
}

func broken(where string, wanted map[string]contractAttribute, has map[string]string) []string {
	var problems []string
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		switch kind, ok := has[name]; {
		case !ok:
			problems = append(problems, where+"."+name+" is gone")
		case kind != wanted[name].Type:
			problems = append(problems, where+"."+name+" is "+kind+", and was "+wanted[name].Type)
		}
	}
	return problems
}

func TestPolicyContract_Schema(t *testing.T) {
	want := readContract(t)
	schemas, err := providerserver.NewProtocol6(provider.New("test")())().GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	problems := broken("provider", want.Provider, attributesOf(schemas.Provider.Block.Attributes, ""))
	for kind, attributes := range want.Resources {
		schema, ok := schemas.ResourceSchemas[kind]
		if !ok {
			t.Errorf("%s is gone", kind)
			continue
		}
		problems = append(problems, broken(kind, attributes, attributesOf(schema.Block.Attributes, ""))...)
	}
	for kind, attributes := range want.DataSources {
		schema, ok := schemas.DataSourceSchemas[kind]
		if !ok {
			t.Errorf("data.%s is gone", kind)
			continue
		}
		problems = append(problems, broken("data."+kind, attributes, attributesOf(schema.Block.Attributes, ""))...)
	}
	for _, problem := range problems {
		t.Errorf("policies that teams have written read this: %s", problem)
	}
	if len(want.Provider) < 4 || len(want.Resources["coveo_user_data_deletion"]) < 10 || len(want.Resources["coveo_api_key"]) < 5 {
		t.Error("the contract has lost entries")
	}
}

func TestPolicyContract_BrokenOnesAreFound(t *testing.T) {
	wanted := map[string]contractAttribute{"a": {Type: "Number"}, "b": {Type: "String"}, "c": {Type: "Bool"}}
	problems := broken("x", wanted, map[string]string{"a": "String", "c": "Bool"})
	if !slices.Equal(problems, []string{"x.a is String, and was Number", "x.b is gone"}) {
		t.Errorf("found %q", problems)
	}
	if absent(map[string]any{"a": []any{map[string]any{"b": 1}}}, "a[].b") || !absent(map[string]any{"a": []any{}}, "a[].b") || !absent(map[string]any{}, "a") {
		t.Error("paths are not followed")
	}
}

// What a policy reads is documented, and what is documented is read.
func TestPolicyContract_Documentation(t *testing.T) {
	want := readContract(t)
	folder := filepath.Join(repository(t), "examples", "policies")
	readme, err := os.ReadFile(filepath.Join(folder, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.rego"))
	if err != nil || len(files) < 6 {
		t.Fatalf("%d policies were found: %v", len(files), err)
	}
	var rego strings.Builder
	for _, name := range files {
		if strings.HasSuffix(name, "_test.rego") {
			continue
		}
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		rego.Write(content)
	}
	check := func(name string) {
		if !strings.Contains(string(readme), "`"+name+"`") {
			t.Errorf("README.md does not list `%s`", name)
		}
		if last := name[strings.LastIndex(name, ".")+1:]; !strings.Contains(rego.String(), strings.TrimSuffix(last, "[]")) {
			t.Errorf("no policy reads %s", name)
		}
	}
	for _, attributes := range slices.Concat([]map[string]contractAttribute{want.Provider}, slices.Collect(maps.Values(want.Resources)), slices.Collect(maps.Values(want.DataSources))) {
		for name := range attributes {
			check(name)
		}
	}
	for _, path := range want.Plan {
		check(path)
	}
}

// absent follows a path through decoded JSON.
func absent(value any, path string) bool {
	step, rest, more := strings.Cut(path, ".")
	name := strings.TrimSuffix(strings.TrimSuffix(step, "[]"), "{}")
	object, ok := value.(map[string]any)
	if !ok {
		return true
	}
	found, ok := object[name]
	if !ok {
		return true
	}
	within := []any{found}
	switch {
	case strings.HasSuffix(step, "[]"):
		within, _ = found.([]any)
	case strings.HasSuffix(step, "{}"):
		elements, _ := found.(map[string]any)
		within = slices.Collect(maps.Values(elements))
	}
	return !slices.ContainsFunc(within, func(element any) bool { return !more || !absent(element, rest) })
}

// TestPolicyContract_RealPlan makes a plan that creates, and looks for everything in it that the contract promises.
func TestPolicyContract_RealPlan(t *testing.T) {
	want := readContract(t)
	server := simulator.Start(t, simulator.Options{})
	cli := NewCLI(t, ProviderConfig(server, Digests(), Subjects(map[string][]string{"DSR-1": {policyPerson}}))+policyCase+
		policyKey("eraser", `["overview", "erasure"]`, `["203.0.113.0/24"]`, "unrestricted_erasure = false")+
		"\nvariable \"unused\" {\n  type = string\n  default = \"x\"\n}\n"+
		"\ndata \"coveo_user_overview\" \"seen\" {\n  subject = \"DSR-1\"\n}\n")
	cli.MustRun("plan", "-no-color", "-input=false", "-out=reviewed.tfplan")
	var plan map[string]any
	shown := cli.MustRun("show", "-json", "reviewed.tfplan").Stdout
	if err := json.Unmarshal([]byte(shown), &plan); err != nil {
		t.Fatal(err)
	}
	for _, path := range want.Plan {
		if absent(plan, path) {
			t.Errorf("the plan has no %s", path)
		}
	}
	var read struct {
		Changes []struct {
			Type   string
			Change struct {
				After   map[string]any
				Unknown map[string]any `json:"after_unknown"`
			}
		} `json:"resource_changes"`
	}
	if err := json.Unmarshal([]byte(shown), &read); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, change := range read.Changes {
		for name, attribute := range want.Resources[change.Type] {
			if !attribute.Known || strings.Contains(name, ".") {
				continue
			}
			seen++
			if _, ok := change.Change.After[name]; !ok || change.Change.Unknown[name] == true {
				t.Errorf("%s.%s is no longer known when a plan is made", change.Type, name)
			}
		}
	}
	if seen < 12 {
		t.Errorf("only %d attributes were looked at", seen)
	}
}
