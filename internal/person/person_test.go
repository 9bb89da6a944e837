// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package person_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/person"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

func set(ids ...string) types.Set {
	var elements []attr.Value
	for _, id := range ids {
		elements = append(elements, types.StringValue(id))
	}
	return types.SetValueMust(types.StringType, elements)
}

var (
	noSet      = types.SetNull(types.StringType)
	unknownSet = types.SetUnknown(types.StringType)
	noCase     = types.StringNull()
)

func TestValidate_ExactlyOne(t *testing.T) {
	for name, test := range map[string]struct {
		reference types.String
		ids       types.Set
		want      string // severity and path of what is said
	}{
		"subject":                  {types.StringValue("DSR-1"), noSet, ""},
		"user_ids":                 {noCase, set("a"), "Warning user_ids"},
		"neither":                  {noCase, noSet, "Error subject"},
		"both":                     {types.StringValue("DSR-1"), set("a"), "Error user_ids"},
		"both, one of them empty":  {types.StringValue("DSR-1"), set(), "Error user_ids"},
		"variables of a module":    {types.StringUnknown(), unknownSet, ""},
		"subject and what may be":  {types.StringValue("DSR-1"), unknownSet, ""},
		"user_ids and what may be": {types.StringUnknown(), set("a"), ""},
		"unknown subject":          {types.StringUnknown(), noSet, ""},
		"unknown user_ids":         {noCase, unknownSet, ""},
	} {
		var got []string
		for _, d := range person.Validate(test.reference, test.ids) {
			at := ""
			if withPath, ok := d.(interface{ Path() path.Path }); ok {
				at = withPath.Path().String()
			}
			got = append(got, d.Severity().String()+" "+at)
		}
		if strings.Join(got, ", ") != test.want {
			t.Errorf("%s: got %v, want %s", name, got, test.want)
		}
	}
}

func TestResolve(t *testing.T) {
	vault, err := subject.NewVault(map[string][]string{"DSR-1": {"b", "a"}})
	if err != nil {
		t.Fatal(err)
	}
	people := &subject.Directory{Vault: vault}
	for name, test := range map[string]struct {
		people    *subject.Directory
		reference types.String
		ids       types.Set
		want      person.Named
	}{
		"case":        {people, types.StringValue("DSR-1"), noSet, person.Named{Case: "DSR-1", Known: true, IDs: []string{"a", "b"}}},
		"closed case": {people, types.StringValue("DSR-2"), noSet, person.Named{Case: "DSR-2"}},
		"no vault":    {&subject.Directory{}, types.StringValue("DSR-1"), noSet, person.Named{Case: "DSR-1", Err: subject.ErrNoVault}},
		"in the open": {&subject.Directory{}, noCase, set("z", "y"), person.Named{Known: true, IDs: []string{"y", "z"}}},
	} {
		got, diags := person.Resolve(t.Context(), test.people, test.reference, test.ids)
		if diags.HasError() || got.Case != test.want.Case || got.Known != test.want.Known || strings.Join(got.IDs, " ") != strings.Join(test.want.IDs, " ") ||
			!errors.Is(got.Err, test.want.Err) {
			t.Errorf("%s: got %+v %v, want %+v", name, got, diags, test.want)
		}
	}
	// What was unknown when it was validated is checked here at the latest.
	for _, args := range []struct {
		reference types.String
		ids       types.Set
	}{{noCase, noSet}, {types.StringValue("DSR-1"), set("a")}} {
		if named, diags := person.Resolve(t.Context(), people, args.reference, args.ids); !diags.HasError() || named.Known {
			t.Errorf("%v resolved to %+v", args, named)
		}
	}
}

func TestSubjectValidators_DoNotRepeatAnAddress(t *testing.T) {
	for value, ok := range map[string]bool{"DSR-2026-0142": true, "canary@example.com": false, "": false, "3c2f5f0e-7c0e-4e5b-9a57-1d0b3ad3f3a1": false} {
		var response validator.StringResponse
		for _, v := range person.SubjectValidators() {
			v.ValidateString(t.Context(), validator.StringRequest{Path: path.Root("subject"), ConfigValue: types.StringValue(value)}, &response)
		}
		if response.Diagnostics.HasError() == ok {
			t.Errorf("%q: %v", value, response.Diagnostics)
		}
		for _, d := range response.Diagnostics {
			if strings.Contains(d.Summary()+d.Detail(), "canary") || strings.Contains(d.Detail(), "3c2f") {
				t.Errorf("%s: %s", d.Summary(), d.Detail())
			}
		}
	}
}

func TestUserIDsValidators(t *testing.T) {
	long := strings.Repeat("canary", 22)
	for name, test := range map[string]struct {
		ids    types.Set
		errors int
	}{
		"good": {set("a", " ", "%2F", strings.Repeat("é", 128)), 0}, "none": {set(), 1}, "empty": {set("a", ""), 1}, "dots": {set(".", ".."), 2},
		"long": {set(long), 1}, "null": {noSet, 0}, "unknown": {unknownSet, 0},
		"unknown element": {types.SetValueMust(types.StringType, []attr.Value{types.StringUnknown()}), 0},
		"null element":    {types.SetValueMust(types.StringType, []attr.Value{types.StringNull()}), 1},
	} {
		var response validator.SetResponse
		for _, v := range person.UserIDsValidators() {
			v.ValidateSet(t.Context(), validator.SetRequest{Path: path.Root("user_ids"), ConfigValue: test.ids}, &response)
		}
		if response.Diagnostics.ErrorsCount() != test.errors {
			t.Errorf("%s: %v", name, response.Diagnostics)
		}
		for _, d := range response.Diagnostics {
			if strings.Contains(d.Detail(), "canary") {
				t.Error(d.Detail())
			}
		}
	}
}
