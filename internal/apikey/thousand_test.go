// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// walk is one configured provider, as each walk of a command line has one, and the states that it reads, by ID.
type walk struct {
	tfprotov6.ProviderServer

	t      *testing.T
	object tftypes.Type
	mu     sync.Mutex
	states map[string]*tfprotov6.ReadResourceResponse
}

func (w *world) walk(states map[string]*tfprotov6.ReadResourceResponse) *walk {
	server := w.inProcess()
	described, err := server.GetProviderSchema(w.t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		w.t.Fatal(err)
	}
	return &walk{ProviderServer: server, t: w.t, object: described.ResourceSchemas["coveo_api_key"].ValueType(), states: states}
}

// read refreshes keys, as many at a time as a command line does.
func (w *walk) read(ids []string) {
	w.t.Helper()
	var readers sync.WaitGroup
	for worker := range 10 {
		readers.Go(func() {
			for i := worker; i < len(ids); i += 10 {
				w.readOne(ids[i])
			}
		})
	}
	readers.Wait()
}

func (w *walk) readOne(id string) {
	w.mu.Lock()
	before := w.states[id]
	w.mu.Unlock()
	request := &tfprotov6.ReadResourceRequest{TypeName: "coveo_api_key"}
	if before != nil {
		request.CurrentState, request.Private, request.CurrentIdentity = before.NewState, before.Private, before.NewIdentity
	} else {
		imported, err := w.ImportResourceState(w.t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: "coveo_api_key", ID: id})
		if err != nil || len(imported.ImportedResources) != 1 {
			w.t.Errorf("importing: %v, %+v", err, imported)
			return
		}
		one := imported.ImportedResources[0]
		request.CurrentState, request.Private, request.CurrentIdentity = one.State, one.Private, one.Identity
	}
	read, err := w.ReadResource(w.t.Context(), request)
	if err != nil {
		w.t.Error(err)
		return
	}
	for _, d := range read.Diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			w.t.Errorf("%s: %s", d.Summary, d.Detail)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.states[id] = read
}

// attributes are those of a key's state, nil where there is no key any more.
func (w *walk) attributes(state *tfprotov6.DynamicValue) map[string]tftypes.Value {
	w.t.Helper()
	value, err := state.Unmarshal(w.object)
	if err != nil {
		w.t.Fatal(err)
	}
	var attributes map[string]tftypes.Value
	if value.IsNull() {
		return nil
	}
	if err := value.As(&attributes); err != nil {
		w.t.Fatal(err)
	}
	return attributes
}

func (w *walk) text(id, name string) string {
	w.t.Helper()
	attributes := w.attributes(w.states[id].NewState)
	if attributes == nil {
		return "gone"
	}
	var text *string
	if err := attributes[name].As(&text); err != nil {
		w.t.Fatal(err)
	}
	if text == nil {
		return ""
	}
	return *text
}

func (w *walk) value(attributes map[string]tftypes.Value) *tfprotov6.DynamicValue {
	w.t.Helper()
	value, err := tfprotov6.NewDynamicValue(w.object, tftypes.NewValue(w.object, attributes))
	if err != nil {
		w.t.Fatal(err)
	}
	return &value
}

// describe plans and applies another description of one key.
func (w *walk) describe(id, description string) {
	w.t.Helper()
	state := w.states[id]
	attributes := w.attributes(state.NewState)
	attributes["description"] = tftypes.NewValue(tftypes.String, description)
	proposed := w.value(attributes)
	for name, value := range attributes {
		switch name {
		case "display_name", "duties", "description":
		default:
			attributes[name] = tftypes.NewValue(value.Type(), nil)
		}
	}
	config := w.value(attributes)
	planned, err := w.PlanResourceChange(w.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: "coveo_api_key", PriorState: state.NewState, ProposedNewState: proposed, Config: config, PriorPrivate: state.Private, PriorIdentity: state.NewIdentity,
	})
	if err != nil || len(planned.RequiresReplace) != 0 {
		w.t.Fatalf("%v, %+v", err, planned)
	}
	applied, err := w.ApplyResourceChange(w.t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: "coveo_api_key", PriorState: state.NewState, PlannedState: planned.PlannedState, Config: config, PlannedPrivate: planned.PlannedPrivate,
		PlannedIdentity: planned.PlannedIdentity,
	})
	if err != nil || len(applied.Diagnostics) != 0 {
		w.t.Fatalf("%v, %+v", err, applied)
	}
}

// A thousand keys are refreshed with a handful of requests, are read as they are although some were changed or deleted
// outside, and are so when one of them is changed while the others are read.
func TestAThousandKeysAreRefreshedWithAHandfulOfRequests(t *testing.T) {
	const n = 1000
	// The answers are checked against the documents elsewhere; here they are large.
	w := newWorld(t, simulator.Options{IgnoreContract: true})
	var ids []string
	for i := range n {
		key := w.AddKey(simulator.KeySpec{DisplayName: fmt.Sprintf("dsr-%d", i), Privileges: []simulator.Privilege{simulator.OverviewPrivilege()}})
		ids = append(ids, key.ID)
	}
	states := map[string]*tfprotov6.ReadResourceResponse{}
	handful := func(when string, most int) {
		t.Helper()
		if total := w.TotalCalls(); total > most {
			t.Errorf("%d requests %s, want at most %d: %v", total, when, most, w.CallCounts())
		}
	}

	w.walk(states).read(ids)
	handful("for the first look", 1)

	w.ResetCalls()
	w.RemoveKey(ids[1])
	w.RemoveKey(ids[999])
	w.RenameKey(ids[2], "renamed")
	w.DisableKey(ids[3])
	w.ExposeKey(ids[4])
	second := w.walk(states)
	second.read(ids)
	// Each that the list lacks is asked for on its own.
	handful("after changes outside", 3)
	for i, want := range map[int][2]string{
		0: {"display_name", "dsr-0"}, 1: {"display_name", "gone"}, 2: {"display_name", "renamed"}, 3: {"status", "DISABLED"},
		4: {"status", "DISABLED_EXPOSED"}, 998: {"display_name", "dsr-998"}, 999: {"id", "gone"},
	} {
		if got := second.text(ids[i], want[0]); got != want[1] {
			t.Errorf("%s of key %d is %q, want %q", want[0], i, got, want[1])
		}
	}

	w.ResetCalls()
	third, middle := w.walk(states), n/2
	alive := append([]string{ids[0]}, ids[2:999]...)
	third.read(alive[:middle])
	third.describe(ids[7], "changed in this run")
	third.read(alive[middle:])
	third.readOne(ids[7])
	// A list before the write and one after it; the write itself reads the key and puts it.
	handful("with a write among them", 4)
	if got := third.text(ids[7], "description"); got != "changed in this run" {
		t.Errorf("after the write the key is read with the description %q", got)
	}
	if got := third.text(ids[998], "display_name"); got != "dsr-998" {
		t.Errorf("a key that was read after the write is %q", got)
	}
}
