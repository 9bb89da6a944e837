// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection_test

import (
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/collection"
)

const captured = `{"q":"a=b","analytics":{"capture":true}}`

// A query whose body the file does not show, or shows in a form that is not understood, is no query that records nothing.
func TestAuditHAR_QueriesThatCannotBeRead(t *testing.T) {
	const query = "https://platform.cloud.coveo.com/rest/search/v2"
	without := strings.Replace(har(post(query, "")), `"postData":{"mimeType":"application/json","text":""},`, "", 1)
	if strings.Contains(without, "postData") {
		t.Fatal("the body is still there")
	}
	sized := func(size string) string { return strings.Replace(without, `"bodySize":0,`, size, 1) }
	for name, content := range map[string]string{
		"size unknown": sized(`"bodySize":-1,`),
		"no size":      sized(``),
		"size of null": sized(`"bodySize":null,`),
	} {
		t.Run(name, func(t *testing.T) {
			r, err := audit(t, content)
			if err != nil || len(r.Findings) != 1 {
				t.Fatalf("%+v, %v", r, err)
			}
			if collection.Judge(collection.ExpectNone, r).Compliant {
				t.Errorf("it passes as a query that records nothing: %+v", r.Findings[0])
			}
		})
	}
	// There was none, says the file.
	if r, err := audit(t, without); err != nil || !collection.Judge(collection.ExpectNone, r).Compliant {
		t.Errorf("%+v, %v", r, err)
	}
}
