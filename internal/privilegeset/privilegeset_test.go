// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package privilegeset_test

import (
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

func spelled(kind, target string) privilege.Privilege {
	return privilege.Privilege{Owner: "USAGE_ANALYTICS", TargetDomain: "EXPORTS", Type: kind, TargetID: target}
}

// Equal privileges are one element, however an answer spells them, and come back as one.
func TestOf_SpellingsAreOneElement(t *testing.T) {
	answer := []privilege.Privilege{spelled("ENABLE", ""), spelled("", "*"), spelled("", ""), spelled("VIEW", "7")}
	before := slices.Clone(answer)
	set := privilegeset.Of(answer)
	want := types.SetValueMust(privilegeset.Type(), []attr.Value{
		types.ObjectValueMust(privilegeset.Type().AttrTypes, map[string]attr.Value{
			"owner": types.StringValue("USAGE_ANALYTICS"), "target_domain": types.StringValue("EXPORTS"), "type": types.StringNull(),
			"target_id": types.StringValue("*"),
		}),
		types.ObjectValueMust(privilegeset.Type().AttrTypes, map[string]attr.Value{
			"owner": types.StringValue("USAGE_ANALYTICS"), "target_domain": types.StringValue("EXPORTS"), "type": types.StringValue("VIEW"),
			"target_id": types.StringValue("7"),
		}),
	})
	if !set.Equal(want) {
		t.Errorf("got %s", set)
	}
	if got := privilegeset.Read(set); !slices.Equal(got, []privilege.Privilege{spelled("", "*"), spelled("VIEW", "7")}) {
		t.Errorf("read %v", got)
	}
	if !slices.Equal(answer, before) {
		t.Error("the answer was changed, which others share")
	}
}

func TestOf_NothingIsAnEmptySet(t *testing.T) {
	if set := privilegeset.Of(nil); set.IsNull() || len(set.Elements()) != 0 {
		t.Errorf("got %s", set)
	}
}

func TestRead_WhatIsNotKnown(t *testing.T) {
	if got := privilegeset.Read(types.SetNull(privilegeset.Type())); got == nil || len(got) != 0 {
		t.Errorf("null is %v", got)
	}
	fields := privilegeset.Fields(spelled("VIEW", ""))
	fields["type"], fields["target_id"] = types.StringUnknown(), types.StringNull()
	object := types.ObjectValueMust(privilegeset.Type().AttrTypes, fields)
	list := types.ListValueMust(privilegeset.Type(), []attr.Value{object, types.ObjectNull(privilegeset.Type().AttrTypes)})
	if got := privilegeset.Read(list); !slices.Equal(got, []privilege.Privilege{{TargetID: "*"}, spelled("", "*")}) {
		t.Errorf("read %v", got)
	}
}

// Some kinds show more of a privilege; what they add is theirs.
func TestType_IsEachCallersOwn(t *testing.T) {
	privilegeset.Type().AttrTypes["level"] = types.StringType
	if len(privilegeset.Type().AttrTypes) != 4 {
		t.Error("one caller's attribute reached another")
	}
}
